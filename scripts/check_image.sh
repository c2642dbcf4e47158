#!/usr/bin/env bash
# Carry out the Dockerfile's steps in a clean Debian root, where no container engine is at hand, and ask the service whether
# it is healthy. Each RUN, COPY, ENV and USER line of the Dockerfile is read from it, not repeated here.
#   scripts/check_image.sh            (needs root and debootstrap; keeps its roots under var/image)
set -euo pipefail
cd "$(dirname "$0")/.."
exec "${PYTHON:-.venv/bin/python}" scripts/check_image.py "$@"
