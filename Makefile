# Every command works on a machine with Python >= 3.11, make and a package registry: what it needs is put into $(VENV). The
# documentation needs Node 20 too.
# Another Python: make check PYTHON=python3.13 VENV=.venv313

PYTHON ?= python3
PYTHONS ?= python3.11 python3.12 python3.13
VENV ?= .venv
PY = $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo test check format generate drift lint house types test-lowest audit bench bench-quick bench-decode build docs docs-serve picture fuzz soak faults clean

help: ## Show this list.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 16

demo: $(VENV)/runtime ## Run all six operations against the embedded service. LIVE=1 lists the real service's models.
	@$(PY) -m tools.demo $(if $(LIVE),--live)

test: $(VENV)/dev $(VENV)/npm/ready $(VENV)-vendor/ready ## Run the tests.
	$(PY) -m pytest -n 2 -q $(PYTEST)

check: PYTEST = --cov --cov-report=term:skip-covered --cov-fail-under=98
check: $(VENV)/dev drift lint house types audit test test-lowest ## Drift, formatting, lint, types, then the tests.

format: $(VENV)/dev ## Format, and mend what can be mended.
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

generate: $(VENV)/dev ## Compile openapi.yaml into generated/.
	$(PY) -m tools.generate

drift: $(VENV)/dev ## Hold generated/ and overlay/ against openapi.yaml. VENDOR=FILE_OR_URL: openapi.yaml against the vendor's too.
	$(PY) -m tools.drift generated
	$(PY) -m tools.drift overlay
	$(if $(VENDOR),$(PY) -m tools.drift vendor $(VENDOR))

faults: $(VENV)/dev ## Run the matrix of faults and print what came; writes docs/faults.md.
	$(PY) -m tests.faults

lint: $(VENV)/dev ## Look at the form of the code.
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

house: $(VENV)/dev ## Hold the code against the rules of its design: who imports whom, nothing unused, nothing undeclared.
	$(VENV)/bin/lint-imports --no-logo --no-cache
	$(VENV)/bin/vulture
	$(VENV)/bin/deptry overlay generated
	$(PY) -m tools.api

types: $(VENV)/dev ## Check the types, as mypy and pyright see them.
	$(VENV)/bin/mypy
	$(VENV)/bin/pyright --pythonpath $(PY)

audit: $(VENV)/dev ## Look for known vulnerabilities in what is installed.
	$(VENV)/bin/pip-audit --progress-spinner off --skip-editable --path $$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

test-lowest: $(VENV)-lowest/ready ## Run the tests of the package on the oldest dependencies that pyproject.toml allows.
	$(VENV)-lowest/bin/python -m pytest -n 2 -q tests/generated tests/overlay tests/testing tests/cli

bench: $(VENV)/dev $(VENV)-vendor/ready $(VENV)-bench/ready ## Measure against httpx by hand and the vendor's SDK; writes benchmarks/results.*.
	$(PY) -m benchmarks.run

bench-quick: $(VENV)/dev $(VENV)-vendor/ready $(VENV)-bench/ready ## The same with fewer rounds; writes nothing.
	$(PY) -m benchmarks.run --quick

bench-decode: $(VENV)/dev ## Compare decoding with the stock templates' code.
	$(PY) -m benchmarks.decode

build: export SOURCE_DATE_EPOCH = $(or $(shell git log -1 --format=%ct 2>/dev/null),1577836800)
build: $(VENV)/dev ## Make the wheels and source distributions in dist/, check them, and install them in empty environments.
	rm -rf dist
	$(PY) -m build --no-isolation --outdir dist .
	$(VENV)/bin/twine check --strict dist/*
	$(VENV)/bin/check-wheel-contents --toplevel mistral_models,mistral_models_raw dist/mistral_models-*.whl
	$(PY) -m tools.installs dist $(PYTHONS)

docs: node $(VENV)/dev $(VENV)/npm/ready ## Build the documentation into build/site; warnings are errors.
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict

docs-serve: node $(VENV)/dev $(VENV)/npm/ready ## Show the documentation on http://127.0.0.1:8000, and again when it changes.
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs serve

picture: $(VENV)/dev ## Draw docs/assets/cli.svg, the command line in a terminal.
	$(PY) -m tools.picture

fuzz: SECONDS = 120
fuzz: $(VENV)/dev ## Fuzz each target with Atheris. SECONDS=N: how long each.
	$(PY) -m pip install --quiet --disable-pip-version-check --group fuzz
	for target in decoding retry answer wire; do $(PY) -m tests.fuzz.run $$target $(SECONDS) || exit 1; done

soak: SECONDS = 1800
soak: $(VENV)/dev ## Mixed operations in trouble; nothing may grow or differ. SECONDS=N: how long.
	$(PY) -m tools.soak --seconds $(SECONDS)

clean: ## Remove what the commands made.
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-vendor $(VENV)-bench .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .fuzz build dist

# Stamps, so that an environment is made once and again when pyproject.toml changes.
$(VENV)/pip:
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	@touch $@

$(VENV)/runtime: $(VENV)/pip pyproject.toml
	$(PY) -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev: $(VENV)/runtime
	$(PY) -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

# Judges from npm, and what the documentation shows in a browser; without Node the tests that need them skip (and fail where
# CI=true).
$(VENV)/npm/ready: $(VENV)/pip tests/package.json
	@if command -v npm >/dev/null; then \
	  mkdir -p $(@D) && cp tests/package.json $(@D)/ && \
	  npm install --prefix $(@D) --no-audit --no-fund --no-update-notifier --no-package-lock --ignore-scripts --loglevel error && \
	  touch $@; \
	else echo "npm is not installed: tests against other programs are skipped"; fi

.PHONY: node
node:
	@$(if $(shell command -v npm 2>/dev/null),,$(error the documentation needs Node 20))

# The vendor's SDK brings its own stack: it lives apart.
$(VENV)-vendor/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)-vendor
	$(VENV)-vendor/bin/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(VENV)-vendor/bin/python -m pip install --quiet --disable-pip-version-check --group vendor
	@touch $@

# The package as a user has it, without what development brings along.
.PHONY: $(VENV)-bench/ready
$(VENV)-bench/ready:
	test -d $(VENV)-bench || $(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check .
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --upgrade --target $(VENV)-bench/speed "msgspec>=0.18"

$(VENV)-lowest/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check --group lowest --group test --editable .
	@touch $@
