# make solve   set up what solving needs and solve the bundled Texas study
# make test    set up the tools too; lint, types, tests (no root needed)
# make help    every target

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
STUDY ?= texas
ARGS ?=
PYTEST_ARGS ?=
# Two test files at a time; JOBS=0 runs one after the other.
JOBS ?= 2

VENV := .venv
GNPY := .venv-gnpy
BIN := $(VENV)/bin
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check --no-input
LOCKED = --require-hashes --only-binary :all: --requirement

.PHONY: help
help: ## say what each target does
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

.PHONY: solve
solve: $(VENV)/run.stamp ## solve models/$(STUDY); options: make solve STUDY=triangle ARGS="--time-limit 60"
	$(BIN)/siting solve $(STUDY) $(ARGS)

.PHONY: setup
setup: $(VENV)/run.stamp ## what solving needs, in .venv

.PHONY: dev
dev: $(VENV)/dev.stamp ## setup and the tools of a developer

.PHONY: test
test: lint types pytest ## lint, types and tests

.PHONY: lint
lint: $(VENV)/dev.stamp ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: $(VENV)/dev.stamp ## mypy, strict
	$(BIN)/mypy

.PHONY: pytest
pytest: $(VENV)/dev.stamp ## tests only; options: make pytest PYTEST_ARGS="-m unit"
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(PYTEST_ARGS)

.PHONY: format
format: $(VENV)/dev.stamp ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: test-gnpy
test-gnpy: $(GNPY)/run.stamp ## unit and GNPy tests, in .venv-gnpy (GNPy needs pandas < 3)
	$(GNPY)/bin/python -m pytest -m "unit or gnpy" $(PYTEST_ARGS)

.PHONY: benchmark
benchmark: $(VENV)/dev.stamp ## long proofs (hours): oracle, verifier, baselines, growth; results in build/, see tests/benchmarks/RESULTS.md
	mkdir -p build
	$(BIN)/python -m tests.benchmarks.mutants | tee build/mutants.md
	$(BIN)/python -m tests.benchmarks.agreement --count 500 --out build/agreement.csv
	$(BIN)/python -m tests.benchmarks.oracle --count 1000 --binding --out build/oracle.csv
	$(BIN)/python -m tests.benchmarks.hazards | tee build/hazards.md
	$(BIN)/python -m tests.benchmarks.known_answers | tee build/known_answers.md
	$(BIN)/python -m tests.benchmarks.baselines | tee build/baselines.md
	$(BIN)/python -m tests.benchmarks.growth --out build/growth | tee build/growth.md

.PHONY: lock
lock: ## choose new versions of all libraries and write requirements/*.txt
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python $(PIP_INSTALL) uv
	$(call compile,build,run.txt)
	$(call compile,dev,dev.txt,--constraint requirements/run.txt)
	$(call compile,gnpy,gnpy.txt)

# Names, versions and hashes of wheels for Python 3.11 and later; no addresses.
define compile
.venv-lock/bin/uv pip compile pyproject.toml --group $(1) $(3) --output-file requirements/$(2) \
	--quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--only-binary :all: --generate-hashes --no-annotate --no-header --no-emit-index-url
endef

.PHONY: clean
clean: ## remove the environments and caches
	rm -rf $(VENV) $(GNPY) .venv-lock build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf siting/solve/__pycache__

# An environment is set up again only when its lock or the package's metadata changes.
$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	$(call environment,$(VENV),run.txt)

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "Installing the developer's tools into $(VENV) ..."
	@$(BIN)/python $(PIP_INSTALL) $(LOCKED) requirements/dev.txt
	@touch $@

$(GNPY)/run.stamp: requirements/gnpy.txt pyproject.toml
	$(call environment,$(GNPY),gnpy.txt)

define environment
@command -v $(PYTHON) > /dev/null || { echo "siting needs Python 3.11 or later, and '$(PYTHON)' was not found; name one with: make PYTHON=python3.12 ..." >&2; exit 1; }
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "siting needs Python 3.11 or later, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1); name another with: make PYTHON=python3.12 ..." >&2; exit 1; }
@$(PYTHON) -c 'import venv, ensurepip' 2> /dev/null || { echo "'$(PYTHON)' has no venv module; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
@echo "Installing the libraries into $(1) (about a minute, once) ..."
@$(PYTHON) -m venv $(1)
@$(1)/bin/python $(PIP_INSTALL) $(LOCKED) requirements/$(2)
@$(1)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
@touch $@
endef
