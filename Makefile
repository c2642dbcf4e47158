# Two commands for a newcomer: `make demo` and `make test`. Everything lies in .venv, var and models/cache of this checkout.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# Stamps tell what is installed and fetched, so that a warm run asks no registry.
INSTALLED := var/.installed
FETCHED := var/.fetched

.PHONY: setup demo serve test bench loadtest check lint lock clean
.DELETE_ON_ERROR:

setup: $(INSTALLED) $(FETCHED)

$(INSTALLED): requirements/main.lock requirements/baseline.lock pyproject.toml
	@mkdir -p var
	@test -x $(BIN)/python || { echo "set-up: virtual environment"; $(PYTHON) -m venv .venv; }
	@echo "set-up: packages (pinned by hash)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/main.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/baseline.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(FETCHED): models/manifest.toml scripts/fetch_models.py scripts/convert_onnx.py $(INSTALLED)
	@echo "set-up: weights and demo media (pinned by sha256)"
	@$(BIN)/python scripts/fetch_models.py
	@touch $@

demo: setup
	@$(BIN)/python scripts/demo.py

serve: setup
	@$(BIN)/verify-service serve

# Linters and types.
lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

test: setup
	@$(BIN)/pytest

check: lint test

# What a clip costs (tens of minutes with the peers), and what the service is like under load (three minutes). Figures go to build/.
bench: setup
	@$(BIN)/python scripts/bench.py

loadtest: setup
	@$(BIN)/python -m scripts.loadtest

# Resolve the locks anew (needs `uv`, e.g. from `pip install uv`).
lock:
	uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 --extra cpu --extra dev --extra fetch --extra measure pyproject.toml -o requirements/main.lock
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --extra cpu --constraint requirements/main.lock pyproject.toml -o requirements/runtime.lock
	uv pip compile --quiet --no-deps --generate-hashes --universal --python-version 3.11 requirements/baseline.in -o requirements/baseline.lock

clean:
	rm -rf .venv var build models/cache .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
