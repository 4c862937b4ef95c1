# Everything a person does with this tree. `make run` and `make test` set up what they need first.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin

# A step is done when its stamp is there. The stamp's name carries a hash of what the step was made from,
# and it lies in what the step made: change the one or delete the other, and the step is done again.
hash = $(shell cat $(1) | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-16)

PYTHON_PINS := requirements/base.txt requirements/dev.txt
NODE_PINS := package.json package-lock.json .npmrc
VENDOR_SOURCES := $(NODE_PINS) tools/vendor.py tools/print_fonts.py tools/icons.txt tools/tabler-core-license.txt

PYTHON_READY := .venv/.ready-$(call hash,$(PYTHON_PINS))
NODE_READY := node_modules/.ready-$(call hash,$(NODE_PINS))
VENDOR_READY := betterform/static/vendor/.ready-$(call hash,$(VENDOR_SOURCES))

.PHONY: help setup setup-run system-run system-test run test storm check format worker bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup-run ## Set up, then start the app with demo data and a stand-in for monday.com
	@exec $(BIN)/python -m tools.demo

test: setup ## Set up, then run all tests (ONLY=tests/monday for some)
	@$(BIN)/python -m pytest $(if $(ONLY),$(ONLY),-n auto --dist loadfile)

storm: setup ## Everything at once while monday misbehaves and processes are killed (SEEDS="1 2 3" SIZE=medium DATABASE_URL=… WORKERS=2)
	@exec $(BIN)/python -m tests.storm --seeds "$(or $(SEEDS),$(STORM_SEED))" --workers $(or $(WORKERS),1) \
	    --size $(or $(SIZE),full) --database "$(DATABASE_URL)"

check: setup ## Lint, check format, types and who imports whom
	@failed=0; \
	for step in "ruff check ." "ruff format --check --output-format=concise ." mypy "lint-imports --no-logo"; do \
	    echo "== $$step"; $(BIN)/$$step || failed=1; \
	done; \
	exit $$failed

format: setup-run ## Put the Python code into its format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

worker: setup-run ## Deliver what waits (in development the app does it itself)
	@exec $(BIN)/flask --app wsgi worker

bench: setup ## Measure: every bench/bench_*.py in turn
	@for file in bench/bench_*.py; do \
	    echo; echo "== $$file"; \
	    $(BIN)/python -m "$$(echo "$${file%.py}" | tr / .)"; \
	done

setup: setup-run system-test ## Set up alone: system libraries, .venv, browser assets

lock: setup-run ## Pin again what requirements/*.in and package.json ask for (UPGRADE=1 for newer versions)
	@cd requirements && for name in base dev; do \
	    CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile --quiet $(if $(UPGRADE),--upgrade) \
	        --allow-unsafe --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links \
	        --output-file="$$name.txt" "$$name.in"; \
	done
	@npm install --package-lock-only --loglevel=error >/dev/null

clean: ## Remove what set-up, tests and the demo made; instance/demo with it
	@rm -rf .venv node_modules betterform/static/vendor betterform/static/vendor.new \
	    betterform/static/vendor.old instance/demo .pytest_cache .mypy_cache .ruff_cache \
	    .import_linter_cache .hypothesis
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

setup-run: system-run $(PYTHON_READY) $(NODE_READY) $(VENDOR_READY)

system-run:
	@tools/system-packages run

system-test: system-run
	@tools/system-packages test

$(PYTHON_READY): | system-run
	@echo "Installing Python packages into .venv"
	@tools/virtualenv "$(PYTHON)" .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes \
	    $(PYTHON_PINS:%=--requirement %)
	@rm -f .venv/.ready-*
	@touch $@

$(NODE_READY): | system-run
	@echo "Installing browser packages into node_modules"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(VENDOR_READY): $(PYTHON_READY) $(NODE_READY)
	@echo "Copying browser assets and unpacking the print fonts"
	@$(BIN)/python -m tools.vendor
	@touch $@
