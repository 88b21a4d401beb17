# The index of commands. `make setup` first; every other target uses .venv.

PYTHON ?= python3.11
BIN := .venv/bin
PIP := pip install --quiet --disable-pip-version-check
CHAOS ?=
FUZZ_S ?= 60
SOAK ?=
FUNCTIONS := transcription emotion summarization insights
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
UV_LOCK := $(UV_COMPILE) pyproject.toml

.DEFAULT_GOAL := help

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | column -t -s "$$(printf '\t')"

setup: .venv/.ready  ## make .venv and install from the hash-pinned lock

.venv/.ready: tests/requirements.txt pyproject.toml
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/$(PIP) --require-hashes -r tests/requirements.txt
	$(BIN)/$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

demo: setup  ## a spoken and a written entry, from file to insight
	@bash examples/demo.sh

test: setup  ## every test; what is skipped says why
	$(BIN)/pytest --numprocesses auto --dist loadfile --ignore tests/parity

check: setup  ## style, types, locks and schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/unit/test_locks.py tests/unit/test_schemas.py

bench: setup  ## cold start, memory and each stage's own share, measured now
	$(BIN)/python -m tests.bench

chaos: setup  ## nothing lost, nothing twice: three seeds of 1,000 recordings under faults; an hour or more
	$(BIN)/python -m tests.chaos $(CHAOS)

fuzz: setup build/fuzz-packages/.ready  ## every reader of what others wrote under atheris, FUZZ_S=60 seconds each
	PYTHONPATH=build/fuzz-packages $(BIN)/python -m tests.fuzz --seconds $(FUZZ_S)

build/fuzz-packages/.ready: tests/fuzz/requirements.txt
	$(BIN)/$(PIP) --require-hashes --target build/fuzz-packages -r tests/fuzz/requirements.txt
	touch $@

soak: setup  ## 1,000 requests a minute for ten minutes through emotion; SOAK="--search --seconds 60" for the highest rate
	$(BIN)/python -m tests.soak $(SOAK)

parity: .venv-parity/.ready  ## our inference against the reference implementations; golden files made again
	SAMO_WRITE_GOLDEN=1 .venv-parity/bin/pytest -q tests/parity
	git diff --exit-code -- tests/golden

.venv-parity/.ready: tests/requirements.txt functions/modelling/requirements.txt pyproject.toml
	test -d .venv-parity || $(PYTHON) -m venv .venv-parity
	.venv-parity/bin/$(PIP) --no-deps --require-hashes -r functions/modelling/requirements.txt
	.venv-parity/bin/$(PIP) --require-hashes -r tests/requirements.txt
	.venv-parity/bin/$(PIP) torch==2.13.0
	.venv-parity/bin/$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

infra-check: setup build/checkov/.ready  ## terraform: format, validate, test, policies
	$(MAKE) --jobs 2 --no-print-directory .infra-terraform .infra-policies

.infra-terraform:
	sh infra/check.sh

.infra-policies:
	build/checkov/bin/python infra/policies.py

build/checkov/.ready: infra/requirements.txt
	test -d build/checkov || $(PYTHON) -m venv build/checkov
	build/checkov/bin/$(PIP) --require-hashes -r infra/requirements.txt
	touch $@

bundle: setup  ## one deterministic source archive per function, below build/
	$(BIN)/python -m infra.bundle

schemas: setup  ## write docs/schemas from the records
	$(BIN)/samo schemas --out docs/schemas

lock: setup  ## resolve again and write every requirements.txt
	$(UV_LOCK) --extra dev -o tests/requirements.txt
	for name in $(FUNCTIONS); do \
	  $(UV_LOCK) --extra $$name -c tests/requirements.txt -o functions/$$name/requirements.txt; done
	$(UV_LOCK) --extra modelling -c tests/requirements.txt -o functions/modelling/requirements.txt
	$(UV_COMPILE) tests/fuzz/requirements.in -o tests/fuzz/requirements.txt
	$(UV_COMPILE) infra/requirements.in -o infra/requirements.txt

clean:  ## remove what the targets above made
	rm -rf .venv .venv-parity build out .mypy_cache .pytest_cache .ruff_cache .hypothesis

.PHONY: .infra-terraform .infra-policies help setup demo test check bench chaos fuzz soak parity infra-check bundle schemas lock
.PHONY: clean
