# Everything is set up by the first target that needs it; only python3 (3.11 or newer) and make must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
KERNEL_TESTS := tests/simulator/kernels tests/simulator/safety/test_view.py tests/simulator/safety/test_reputation.py $(wildcard tests/verification/test_closed_form*.py)
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Wheels only, so no compiler is needed. Bytecode is written by all processors at once, which pip cannot do; tests that
# packages carry with them are left out, and so is the status: some ship templates that are not Python.
INSTALL := $(PIP) install -qq --no-compile --require-hashes --only-binary :all: -r
COMPILE := $(BIN)/python -m compileall -qq -j 0 -x '[/\\](tests?|templates)[/\\]' $(VENV)/lib

.PHONY: help demo workshop test test-all kernels bench check browser-test docs robustness lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/  -/'

demo: $(VENV)/run.stamp ## answer a real question about a real city
	$(BIN)/afterdark compare 35-000-for-lamps 35-000-for-hosts 35-000-for-night-bus --replications 8

workshop: $(VENV)/workshop.stamp ## open the page on which a room draws measures (sets up what it needs)
	$(BIN)/afterdark workshop --case light-the-park-paths

test: $(VENV)/dev.stamp ## run the quick tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q -m "not browser and not slow"

test-all: test ## run all tests: the quick ones, then the slow ones
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q -m "slow and not browser"

kernels: $(VENV)/dev.stamp ## the kernels' tests once more without the compiler, and which lines they reach
	NUMBA_DISABLE_JIT=1 $(BIN)/coverage run -m pytest -q -m "not slow" $(KERNEL_TESTS)
	$(BIN)/coverage report

bench: $(VENV)/dev.stamp $(VENV)-bench/made.stamp ## measure against SUMO, plain Mesa and pandana (eight minutes; BENCH=quick: two)
	PYTHONPATH=.:tests $(BIN)/python -m benchmarks

check: $(VENV)/dev.stamp ## linters, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

browser-test: $(VENV)/dev.stamp ## open the report in a real browser (needs Chromium)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q -m browser

docs: $(VENV)/dev.stamp ## make the documentation site in build/site; warnings are errors, links are checked
	$(BIN)/python .ci/site.py

robustness: $(VENV)/run.stamp ## is the answer an artefact of agents, dates or draws? (about five minutes)
	$(BIN)/afterdark validate robustness light-the-park-paths

lock: $(VENV)/dev.stamp ## renew the lock files
	$(BIN)/python .ci/lock.py

clean: ## remove the environment and caches, not the results
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "afterdark needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Name one: make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/made.stamp requirements.lock pyproject.toml
	@echo "Setting up in $(VENV): 250 MB to fetch, 1 GB on disk; half a minute on a quick line ..."
	@$(INSTALL) requirements.lock
	-@$(COMPILE)
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.lock
	@echo "Adding to $(VENV) what tests and checks need ..."
	@$(INSTALL) requirements-dev.lock
	-@$(COMPILE)
	@touch $@

$(VENV)/workshop.stamp: $(VENV)/run.stamp requirements-workshop.lock
	@echo "Adding to $(VENV) what the workshop page needs ..."
	@$(INSTALL) requirements-workshop.lock
	-@$(COMPILE)
	@touch $@

# Peers live apart: pandana is AGPL and never a dependency of ours.
$(VENV)-bench/made.stamp: $(VENV)/made.stamp requirements-bench.lock
	@echo "Setting up the peers in $(VENV)-bench ..."
	@$(PYTHON) -m venv $(VENV)-bench
	@$(VENV)-bench/bin/python -m pip --disable-pip-version-check install -qq --require-hashes --only-binary :all: -r requirements-bench.lock
	@touch $@
