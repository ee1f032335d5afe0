# The developer's verbs. `make help` lists them; variables: PYTHON, JOBS, PYTEST_ARGS, and those of
# docs/settings.md.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

PYTHON ?= python3
JOBS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
PYTEST_ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install
CODE := service ml worker migrations tests
NODE_OPENAI := 6.49.0
NODE_PERSPECTIVE := 3.1.0
NODE_AKISMET := 16.2.1

##@ Start here

.PHONY: help
help: ## List what can be made
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  \033[36mmake %-12s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

.PHONY: setup
setup: $(VENV)/.dev-installed ## Make .venv with everything for development

.PHONY: demo
demo: $(VENV)/.runtime-installed ## Install, start everything, fill a demo site, print where to look
	@$(PY) -m service demo

.PHONY: run
run: $(VENV)/.runtime-installed ## Run everything on this machine: database, broker, web, worker, beat
	@$(PY) -m service up

.PHONY: worker
worker: $(VENV)/.runtime-installed ## Run one more worker beside `make run`
	@$(PY) -m service worker

##@ Check

.PHONY: check
check: format-check lint types imports migrations test ## All that must be green before a change is merged

.PHONY: test
test: $(VENV)/.dev-installed ## Run the tests, on all cores
	@$(PY) -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

.PHONY: soak
soak: $(VENV)/.dev-installed ## Run what takes minutes: whole trainings, killed at every stage
	@$(PY) -m pytest -n 1 -m soak $(PYTEST_ARGS)

.PHONY: format
format: $(VENV)/.dev-installed ## Write the code in the one format
	@$(PY) -m ruff check --select I --fix $(CODE)
	@$(PY) -m ruff format $(CODE)

.PHONY: translations
translations: $(VENV)/.dev-installed ## Bring the pages' catalogues up to the lines in use
	@$(PY) -m service.locales

.PHONY: format-check
format-check: $(VENV)/.dev-installed
	@$(PY) -m ruff format --check $(CODE)

.PHONY: lint
lint: $(VENV)/.dev-installed ## Look for mistakes
	@$(PY) -m ruff check $(CODE)

.PHONY: types
types: $(VENV)/.dev-installed ## Check the types
	@$(PY) -m mypy

.PHONY: imports
imports: $(VENV)/.dev-installed ## Check who imports whom
	@$(VENV)/bin/lint-imports

.PHONY: migrations
migrations: $(VENV)/.dev-installed ## Walk the migrations up, down and up
	@$(PY) -m pytest tests/migrations

.PHONY: browser
browser: $(VENV)/.dev-installed ## Install a browser for the tests of pages, if there is none
	@if command -v chromium || command -v chromium-browser || command -v google-chrome; then \
		echo "There is a browser: the tests of pages use it."; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing the system's chromium."; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -q && apt-get install -qy --no-install-recommends chromium; \
	else \
		echo "Installing Playwright's chromium for this account."; \
		$(PY) -m playwright install chromium; \
	fi

.PHONY: node-clients
node-clients: ## Install npm's clients of the dialects into build/, for their tests; needs Node
	@npm install --silent --no-audit --no-fund --no-save --prefix build/node-clients \
		openai@$(NODE_OPENAI) perspective-api-client@$(NODE_PERSPECTIVE) @cedx/akismet@$(NODE_AKISMET)

##@ Measure and train

.PHONY: bench
bench: $(VENV)/.dev-installed ## Measure speed, each figure beside its floor in the same run
	@for each in tests/bench/bench_*.py; do \
		$(PY) -m tests.bench.$$(basename "$$each" .py); \
	done

.PHONY: train
train: $(VENV)/.dev-installed ## Train the classifier on the corpora in PARLEY_CORPORA
	@$(PY) -m ml train

##@ Change

.PHONY: migrate
migrate: $(VENV)/.runtime-installed ## Bring the database to the schema of this version
	@$(PY) -m service migrate

.PHONY: migration
migration: $(VENV)/.dev-installed ## Write a migration from the tables: make migration m="hold reports"
	@$(if $(m),,$(error say what it does: make migration m="hold reports"))$(PY) -m service migration "$(m)"

.PHONY: settings
settings: $(VENV)/.dev-installed ## Write docs/settings.md from the settings
	@$(PY) -m service settings > docs/settings.md.new
	@mv docs/settings.md.new docs/settings.md

.PHONY: clean
clean: ## Remove .venv and caches; never the data folder
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A file in .venv for each set that is installed: again only when its list changed.

$(PY):
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "There is no $(PYTHON): install Python 3.11 or newer, or name one: make PYTHON=python3.12"; \
		exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Parley needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1): name another one:" \
			"make PYTHON=python3.12"; \
		exit 2; }
	@echo "Making $(VENV) with $$("$(PYTHON)" -V)."
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.runtime-installed: requirements/runtime.txt requirements/build.txt | $(PY)
	@echo "Installing the pinned packages that Parley runs on."
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev-installed: requirements/dev.txt $(VENV)/.runtime-installed
	@echo "Installing the pinned packages for development."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
