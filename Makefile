# The targets are the steps of CI. Each needs only Python 3.11+ with venv, make and (to fetch packages) a network.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 5
# Compiled once, not again by each of the many processes that tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check format lint types layers completions screenshots bench long matrix soak clean

$(VENV)/.app: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: Python 3.11 or newer is needed; on Debian: apt-get install python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than 3.11; set PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.app
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/.app ## the app on the sandbox: no network, no account
	@$(BIN)/jpmanage --demo

test: $(VENV)/.dev ## the tests but the long ones
	@$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=worksteal -m "not long"

long: $(VENV)/.dev ## what takes longer: the larger size, random tours, time-outs that are waited for
	@$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=worksteal -m long

matrix: $(VENV)/.dev ## every change, read and run under every fault and killed at every step; prints the tables
	@$(BIN)/python -m tests.matrix

soak: $(VENV)/.dev ## 10,000 random keys on 100,000 licenses, with faults, kills and a sandbox that is dropped; about 20 minutes
	@$(BIN)/python -m tests.soak

check: format lint types layers ## everything CI checks besides the tests

format: $(VENV)/.dev
	@$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	@$(BIN)/ruff check .

types: $(VENV)/.dev
	@$(BIN)/mypy

layers: $(VENV)/.dev
	@$(BIN)/lint-imports

completions: $(VENV)/.dev ## write completions/ and man/ anew, from the parser of the command line
	@$(BIN)/python -m jpmanage_tui.cli.generated_files

screenshots: $(VENV)/.dev ## draw every screen into screenshots/
	@$(BIN)/python -m tests.snapshots

bench: $(VENV)/.dev ## measure beside the peers; prints a table, writes benchmarks/results.json
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check visidata
	@$(BIN)/python -m benchmarks

clean:
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
