# `make run` and `make test` do all their own set-up: they need Python >= 3.11, make and pip, nothing else.
SHELL := /bin/sh
DRAWS ?= 1000
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)

.PHONY: run test test-full calibrate bench bench-app bench-sweep bench-attribute lint format setup clean

run: setup
	@$(UV) run --no-sync countermove report --draws $(DRAWS) --output results/report.html

test: setup lint
	@$(UV) run --no-sync pytest -n auto --dist loadscope -m "not slow"

test-full: setup lint
	@$(UV) run --no-sync pytest -n auto --dist loadscope

# Fits the default variant; goes on where an interrupted run stopped, and ships nothing unless the chains have converged.
calibrate: setup
	@$(UV) run --no-sync countermove calibrate

bench: setup
	@$(UV) run --no-sync python benchmarks/run.py

bench-app: setup
	@$(UV) run --no-sync python benchmarks/app.py

bench-sweep: setup
	@$(UV) run --no-sync python benchmarks/sweep.py draws 1000 10000 100000 1000000

bench-attribute: setup
	@$(UV) run --no-sync python benchmarks/attribute.py

lint: setup
	@$(UV) run --no-sync ruff check .
	@$(UV) run --no-sync ruff format --check src tests benchmarks
	@$(UV) run --no-sync pyright

format: setup
	@$(UV) run --no-sync ruff check --fix .
	@$(UV) run --no-sync ruff format src tests benchmarks

setup: .venv/.installed

.venv/.installed: pyproject.toml uv.lock | uv
	@$(UV) sync --frozen
	@touch $@

.PHONY: uv
uv:
	@command -v $(UV) >/dev/null 2>&1 && exit 0; \
	for python in python3 python; do command -v $$python >/dev/null 2>&1 && break; done; \
	command -v $$python >/dev/null 2>&1 || { echo "missing: Python >= 3.11 (python3 is not on the PATH)"; exit 1; }; \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "missing: Python >= 3.11 (python3 is older)"; exit 1; }; \
	$$python -m venv .uv >/dev/null 2>&1 || { echo "missing: the venv module of Python (Debian: apt install python3-venv)"; exit 1; }; \
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv || { echo "missing: uv could not be installed with pip (no network?)"; exit 1; }

clean:
	rm -rf .venv .uv results build dist
