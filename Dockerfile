# Three stages: packages, weights, and the image that runs. No compiler, no pip, no npm and no root in the last one.
# scripts/check_image.sh carries out the same steps in a clean Debian root where no container engine is at hand.
#
#   docker build -t verify-service .
#   docker run --rm -v verify-var:/app/var verify-service verify-service admin create-keys
#   docker run -p 8000:8000 -v verify-var:/app/var --read-only --tmpfs /tmp --stop-timeout 40 verify-service
#
# The stop is given 40 s, since running clips are finished first (VERIFY_STOP_SECONDS_MAX); an engine's default is 10 s.

FROM debian:12-slim AS packages
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv ca-certificates
WORKDIR /app
COPY requirements/runtime.lock requirements/
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.lock \
 && .venv/bin/pip uninstall -y setuptools pip

FROM debian:12-slim AS weights
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv ca-certificates
WORKDIR /app
COPY requirements/main.lock requirements/
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/main.lock
COPY verify_service/__init__.py verify_service/
COPY verify_service/biometrics/__init__.py verify_service/biometrics/
COPY verify_service/biometrics/inference verify_service/biometrics/inference
COPY scripts/__init__.py scripts/fetch_models.py scripts/convert_onnx.py scripts/
COPY models/manifest.toml models/
RUN .venv/bin/python scripts/fetch_models.py --kind model

FROM debian:12-slim AS runtime
# libseccomp2: the decoder's sandbox; it would come with apt, but production does not start without it.
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 ca-certificates libseccomp2 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 verify
WORKDIR /app
# The virtual environment runs where it was made: its path, and /usr/bin/python3, are the same in both stages.
COPY --from=packages /app/.venv .venv
COPY --from=weights /app/models models
COPY LICENSE ./
COPY verify_service verify_service
# The package runs from its folder: no build step, and the version is the one that was tested. The .pth file names the folder to
# isolated interpreters too (python -I, the decoder's). It is compiled here, since its user may not write beside it.
RUN .venv/bin/python -m compileall -q verify_service \
 && echo /app > "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/verify-service.pth" \
 && printf '#!/bin/sh\nexec /app/.venv/bin/python -m verify_service "$@"\n' > /usr/local/bin/verify-service \
 && chmod 755 /usr/local/bin/verify-service && mkdir -m 700 var && chown verify:verify var
USER verify
ENV VERIFY_ENVIRONMENT=production VERIFY_HOST=0.0.0.0 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# ONNX Runtime's builds report to their maker unless they are told not to (Privacy.md in its package): nothing leaves this service.
ENV ORT_DISABLE_TELEMETRY=1
VOLUME /app/var
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD .venv/bin/python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:${VERIFY_PORT:-8000}/readyz', timeout=4)"
CMD ["verify-service", "serve"]
