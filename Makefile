# All commands install what they need into $(VENV). Required: Python >= 3.11, make, and access to a package index.
# `make docs`, `make test-all` and `make check` also use Node 20.
# To use another Python: make check PYTHON=python3.13 VENV=.venv313

PYTHON ?= python3
PYTHONS ?= python3.11 python3.12 python3.13 python3.14 python3.15
VENV ?= .venv
PY = $(VENV)/bin/python
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check

# The tests start hundreds of processes, which share what one of them has compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo dev test test-all test-slow test-lowest coverage check format lint types architecture drift audit generate faults fuzz soak \
  consistency mutants mypy pyright \
  bench bench-quick bench-decode docs docs-serve picture build clean node

help: ## Show this list.
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  %-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Start here

demo: $(VENV)/runtime ## Run all six operations against the fake service. LIVE=1: list the models of the real service.
	@$(PY) -m tools.demo $(if $(LIVE),--live)

test: $(VENV)/test ## Run the fast tests: library, testing kit, command line and examples.
	$(PY) -m pytest -n 4 -q -m "not slow"

check: ## Run everything that must pass before a merge.
	$(MAKE) --jobs=4 $(VENV)/dev $(VENV)/npm/ready $(VENV)-vendor/ready $(VENV)-lowest/ready
	$(MAKE) --jobs=2 mypy pyright drift lint architecture audit
	$(MAKE) coverage test-slow test-lowest

dev: $(VENV)/dev ## Install what all tests and tools need into .venv.

format: $(VENV)/lint ## Format the code and apply automatic fixes.
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

##@ Checks (make check runs all of these)

test-all: test test-slow ## Run all tests.

test-slow: $(VENV)/dev $(VENV)/npm/ready $(VENV)-vendor/ready ## Run the tests that `make test` leaves out.
	$(PY) -m pytest -n 6 --dist worksteal -q -m slow tests

coverage: $(VENV)/dev ## Run the fast tests, and check that they execute 98 % of the library.
	$(PY) -m pytest -n 4 -q -m "not slow" --cov --cov-report=term:skip-covered --cov-fail-under=98

test-lowest: $(VENV)-lowest/ready ## Run the fast tests on the oldest dependencies that pyproject.toml allows.
	$(VENV)-lowest/bin/python -m pytest -n 4 -q -m "not slow" tests/generated tests/overlay tests/testing tests/cli
	$(VENV)-lowest/bin/python -m pytest -q tests/generated/test_pydantic.py

drift: $(VENV)/drift ## Check that generated/ and overlay/ match openapi.yaml. VENDOR=FILE_OR_URL: compare with the vendor's document too.
	$(PY) -m tools.drift generated
	$(PY) -m tools.drift overlay
	$(if $(VENDOR),$(PY) -m tools.drift vendor $(VENDOR))

lint: $(VENV)/lint ## Lint and check formatting.
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

architecture: $(VENV)/lint ## Check import rules, unused code, undeclared dependencies and breaking API changes.
	$(VENV)/bin/lint-imports --no-logo --no-cache
	$(VENV)/bin/vulture
	$(VENV)/bin/deptry overlay generated
	$(PY) -m tools.api

types: mypy pyright ## Check types with mypy and pyright.

mypy: $(VENV)/dev
	$(VENV)/bin/mypy

pyright: $(VENV)/dev
	$(VENV)/bin/pyright --pythonpath $(PY)

audit: $(VENV)/audit ## Look for known vulnerabilities in the installed packages.
	$(VENV)/bin/pip-audit --progress-spinner off --skip-editable --path $$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

##@ Generated code

generate: $(VENV)/generate ## Compile openapi.yaml into generated/.
	$(PY) -m tools.generate

##@ Robustness

faults: $(VENV)/faults ## Run the fault matrix, print the results and write docs/faults.md.
	$(PY) -m tests.faults

fuzz: SECONDS = 120
fuzz: $(VENV)/test $(VENV)/fuzz ## Fuzz each target with Atheris. SECONDS=N: time for each.
	for target in decoding retry_after response connection; do $(PY) -m tests.fuzz.run $$target $(SECONDS) || exit 1; done

soak: SECONDS = 1800
soak: $(VENV)/runtime ## Run mixed operations under injected faults and check for leaks and wrong results. SECONDS=N: how long.
	$(PY) -m tools.soak --seconds $(SECONDS)

mutants: COUNT = 265
mutants: $(VENV)/dev ## Change the core in many ways, and check that the tests notice. COUNT=N: how many changes. FAST=1: fast tests only.
	$(PY) -m tools.mutants --count $(COUNT) $(if $(FAST),--fast)

consistency: EXAMPLES = 2000
consistency: $(VENV)/dev ## Compare what calls report with what the service did, in random sequences. EXAMPLES=N: how many.
	EXAMPLES=$(EXAMPLES) $(PY) -m pytest -n 4 -q tests/state/test_consistency.py

##@ Benchmarks

bench: $(VENV)/bench $(VENV)-vendor/ready $(VENV)-bench/ready ## Compare with plain httpx and the vendor's SDK; writes benchmarks/results.*.
	$(PY) -m benchmarks.run

bench-quick: $(VENV)/bench $(VENV)-vendor/ready $(VENV)-bench/ready ## Run the same comparison with fewer rounds; writes nothing.
	$(PY) -m benchmarks.run --quick

bench-decode: $(VENV)/bench $(VENV)/generate ## Compare decoding with that of the generator's own templates.
	$(PY) -m benchmarks.decode

##@ Documentation

docs: node $(VENV)/docs $(VENV)/npm/ready ## Build the documentation into build/site; warnings are errors.
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict

docs-serve: node $(VENV)/docs $(VENV)/npm/ready ## Serve the documentation on http://127.0.0.1:8000 and reload it on changes.
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs serve

picture: $(VENV)/test ## Draw docs/assets/cli.svg and audit-*.svg, the command line in a terminal.
	$(PY) -m tools.picture

##@ Packaging

build: export SOURCE_DATE_EPOCH = $(or $(shell git log -1 --format=%ct 2>/dev/null),1577836800)
build: $(VENV)/package ## Build wheel and source distribution into dist/, check them, and install the wheel in new environments.
	rm -rf dist
	$(PY) -m build --no-isolation --outdir dist .
	$(VENV)/bin/twine check --strict dist/*
	$(VENV)/bin/check-wheel-contents --toplevel mistral_models,mistral_models_raw dist/mistral_models-*.whl
	@wc -c dist/*.whl | awk '{ printf "%s: %.0f kB\n", $$2, $$1 / 1000 }'
	$(PY) -m tools.installation dist $(PYTHONS)

clean: ## Remove everything that these commands have created.
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-vendor $(VENV)-bench .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .fuzz build dist

# Stamp files: an environment or a dependency group is installed again when pyproject.toml changes.
$(VENV)/pip:
	$(PYTHON) -m venv $(VENV)
	$(PY) $(PIP_INSTALL) "pip>=25.1"
	@touch $@

$(VENV)/runtime: $(VENV)/pip pyproject.toml
	$(PY) $(PIP_INSTALL) --editable .
	@touch $@

GROUPS = test dev audit bench docs drift faults fuzz generate lint package
$(GROUPS:%=$(VENV)/%): $(VENV)/%: $(VENV)/runtime
	$(PY) $(PIP_INSTALL) --group $*
	@touch $@

# npm packages that some tests and the documentation need. Without Node these tests are skipped; with CI=true they fail.
$(VENV)/npm/ready: $(VENV)/pip tests/package.json
	@if command -v npm >/dev/null; then \
	  mkdir -p $(@D) && cp tests/package.json $(@D)/ && \
	  npm install --prefix $(@D) --no-audit --no-fund --no-update-notifier --no-package-lock --ignore-scripts --loglevel error && \
	  touch $@; \
	else echo "npm is not installed: tests that need it are skipped"; fi

node:
	@$(if $(shell command -v npm 2>/dev/null),,$(error the documentation needs Node 20))

# The vendor's SDK has dependencies of its own, so it gets its own environment.
$(VENV)-vendor/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)-vendor
	$(VENV)-vendor/bin/python $(PIP_INSTALL) "pip>=25.1"
	$(VENV)-vendor/bin/python $(PIP_INSTALL) --group vendor
	@touch $@

# The package as users install it, without development dependencies. This target is no stamp: it always reinstalls.
.PHONY: $(VENV)-bench/ready
$(VENV)-bench/ready:
	test -d $(VENV)-bench || $(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python $(PIP_INSTALL) --force-reinstall --no-deps .
	$(VENV)-bench/bin/python $(PIP_INSTALL) .
	$(VENV)-bench/bin/python $(PIP_INSTALL) --upgrade --target $(VENV)-bench/speed "msgspec>=0.18"
	$(VENV)-bench/bin/python $(PIP_INSTALL) --upgrade --target $(VENV)-bench/cli "click>=8.1" "rich>=13.7"

$(VENV)-lowest/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python $(PIP_INSTALL) "pip>=25.1"
	$(VENV)-lowest/bin/python $(PIP_INSTALL) --group lowest --group test --editable .
	@touch $@
