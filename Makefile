# One command does all the set-up it needs. `make` lists them.

PYTHON ?= python3
BIN := .venv/bin
QUESTION := examples/where_is_the_nearest_train_station.wav
GPL := GNU General Public License;GNU Affero General Public License;GPL-2.0;GPL-3.0;AGPL-3.0

.DEFAULT_GOAL := help
.PHONY: help ask serve test fuzz lint check console format lock clean

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

ask: .venv/run  ## ask the bundled question by voice; the spoken answer is reply.wav
	@$(BIN)/antiphon ask $(QUESTION)

serve: .venv/run  ## a Live API server on ws://127.0.0.1:8765
	@$(BIN)/antiphon serve

test: .venv/dev .venv/node .venv/console .venv/clients/genai1/made .venv/clients/pipecat/made  ## set up what the tests need, then run them
	@$(BIN)/antiphon models pull
	$(BIN)/pytest

fuzz: .venv/dev  ## 100,000 well-formed and as many malformed messages, made up (10 minutes)
	@$(BIN)/python -m benchmarks.fuzz

lint: .venv/dev .venv/console  ## format, lint, types, who imports whom, licences
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pip-licenses --partial-match --fail-on="$(GPL)" > /dev/null
	@if command -v npm > /dev/null; then npm run --silent --prefix console check; fi

check: lint test  ## everything CI checks

console: .venv/console  ## build the page `antiphon serve` shows from its sources (needs Node)
	npm run --silent --prefix console build

format: .venv/dev  ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:  ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --all-extras --group dev $(LOCK) -o requirements/dev.txt
	uv pip compile pyproject.toml --extra local --extra openai --extra talk --group build -c requirements/dev.txt $(LOCK) -o requirements/run.txt
	uv pip compile requirements/clients-genai1.in $(LOCK) -o requirements/clients-genai1.txt
	uv pip compile requirements/clients-pipecat.in $(addprefix --no-emit-package ,$(UNUSED)) $(LOCK) -o requirements/clients-pipecat.txt

# Of Pipecat's requirements, 340 MB that the service under test never imports.
UNUSED := flatbuffers jiter llvmlite numba onnxruntime openai resampy

LOCK := --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate --quiet

clean:  ## remove the environment; the weights stay in their cache
	rm -rf .venv tests/clients/node/node_modules console/node_modules

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit("antiphon needs Python 3.11 or later: make ask PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run: requirements/run.txt pyproject.toml | .venv/made
	$(call install,requirements/run.txt)

.venv/dev: requirements/dev.txt pyproject.toml | .venv/made
	$(call install,requirements/dev.txt)
	@touch .venv/run

# From the lock, every file checked against its hash; then this checkout itself, without its dependencies.
define install
	@echo "Installing from $(1)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
endef

# The Node SDK the tests run; without Node those tests are skipped, and say so.
.venv/node: tests/clients/node/package-lock.json | .venv/made
	@if command -v npm > /dev/null; then npm ci --prefix tests/clients/node --no-audit --no-fund --loglevel=error; fi
	@touch $@

# What the page is built and checked with; without Node it stays as it was committed.
.venv/console: console/package-lock.json | .venv/made
	@if command -v npm > /dev/null; then npm ci --prefix console --no-audit --no-fund --loglevel=error; fi
	@touch $@

# The Python clients the tests run beside the one in our own environment, each in one of its own.
.venv/clients/%/made: requirements/clients-%.txt | .venv/made
	@echo "Installing from $<"
	@$(BIN)/python -m venv --clear --without-pip $(@D)
	@$(BIN)/python -m pip --python $(@D)/bin/python install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@
