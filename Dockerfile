# Three stages: packages, weights, and the image that runs. No compiler, no npm and no root in the last one.
# scripts/check_image.sh carries out the same steps in a clean Debian root where no container engine is at hand.

FROM debian:12-slim AS packages
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv ca-certificates
WORKDIR /app
COPY requirements/runtime.lock requirements/
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.lock

FROM debian:12-slim AS weights
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv ca-certificates
WORKDIR /app
COPY requirements/main.lock requirements/
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/main.lock
COPY verify_service/__init__.py verify_service/
COPY verify_service/biometrics verify_service/biometrics
COPY scripts/__init__.py scripts/fetch_models.py scripts/convert_onnx.py scripts/
COPY models/manifest.toml models/
RUN .venv/bin/python scripts/fetch_models.py --kind model

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 verify
WORKDIR /app
COPY --from=packages /app/.venv .venv
COPY --from=weights /app/models models
COPY pyproject.toml README.md ./
COPY verify_service verify_service
# The package runs from its folder: no build step, and the version is the one that was tested.
RUN printf '#!/bin/sh\nexec /app/.venv/bin/python -m verify_service "$@"\n' > /usr/local/bin/verify-service \
 && chmod 755 /usr/local/bin/verify-service && mkdir var && chown verify:verify var
USER verify
ENV VERIFY_ENVIRONMENT=production VERIFY_HOST=0.0.0.0 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
VOLUME /app/var
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD .venv/bin/python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"
CMD ["verify-service", "serve"]
