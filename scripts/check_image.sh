#!/usr/bin/env bash
# Carry out the Dockerfile's steps in a clean Debian root, where no container engine is at hand, and ask the service whether
# it is healthy. Each step is read from HEAD's Dockerfile, not repeated here; the roots are kept under var/image.
#   scripts/check_image.sh            (as root, with debootstrap; about 10 minutes)
#   scripts/check_image.sh --reuse    (leaves stages that are there as they are)
set -euo pipefail
cd "$(dirname "$0")/.."
command -v debootstrap >/dev/null || { echo "debootstrap is not installed: apt-get install debootstrap" >&2; exit 1; }
exec "${PYTHON:-.venv/bin/python}" scripts/check_image.py "$@"
