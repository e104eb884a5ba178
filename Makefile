# Almoner's commands: `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.local/uv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
unexport VIRTUAL_ENV

UV_VERSION := 0.13.8
INSTALLED := .venv/installed
ENV ?= dev
LAYER_REQUIREMENTS := layers/shared/requirements.txt layers/opensearch/requirements.txt

.PHONY: help up down status logs watch reset rebuild-search test test-sam-local check format build deploy lock bench

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- The platform on this machine (PORT=4600 chooses another port, STATE=.local/other another platform beside it)

up: $(INSTALLED) ## Start the whole platform on this machine, or bring it up to date
	@python -m local up

down: $(INSTALLED) ## Stop it; its data is kept
	@python -m local down

status: $(INSTALLED) ## What runs, where, and whether it is current
	@python -m local status

logs: $(INSTALLED) ## What the functions log; in a terminal, until Ctrl-C
	@python -m local logs

watch: $(INSTALLED) ## Start it, then show every saved change at the next request
	@python -m local watch

reset: $(INSTALLED) ## Stop it and forget its data
	@python -m local reset

rebuild-search: $(INSTALLED) ## Rebuild the shop's search index (VERIFY=1: compare it with the catalogue and repair it)
	@python -m local rebuild-search $(if $(VERIFY),--verify)

# --- Quality

test: $(INSTALLED) ## Every test: pure ones, then the emulator's, then journeys on a deployed platform of their own
	@pytest -q -n auto -m "not emulator and not platform and not sam_local"
	@pytest -q -n 2 --dist loadfile -m emulator
	@STATE=.local/test PORT=$${TEST_PORT:-4577} python -m local with-platform \
		bash -c 'pytest -q -n 2 --dist loadfile -m "platform and not alone" && pytest -q -m "platform and alone"'

test-sam-local: $(INSTALLED) ## Every function and route through the real `sam local`, in containers
	@STATE=.local/test PORT=$${TEST_PORT:-4577} python -m local with-platform local/sam_local/run pytest -q -m sam_local tests/sam_local

check: $(INSTALLED) ## Format, lint, types, architecture, templates, generated files
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	cfn-lint template.yaml gateway/*.yaml personalization/*.yaml commerce/*.yaml
	@python -m release translate .local/translated
	cfn-lint --ignore-checks W2001 -- .local/translated/*.json .local/translated/*/*.json  # SAM has used up some parameters
	python -m generate --check
	uv lock --check
	@$(MAKE) --no-print-directory $(LAYER_REQUIREMENTS:=.current)
	for file in $(LAYER_REQUIREMENTS); do diff $$file $$file.current && rm $$file.current || exit 1; done

format: $(INSTALLED) ## Let ruff format and fix the code
	ruff format .
	ruff check --fix .

bench: $(INSTALLED) ## Measure: ratios side by side in one run
	python -m benchmarks.init_bytecode
	python -m benchmarks.request_cost
	python -m benchmarks.model_stream
	python -m benchmarks.search
	python -m benchmarks.shop_pages
	python -m benchmarks.product_search
	@STATE=.local/test PORT=$${TEST_PORT:-4577} python -m local with-platform local/sam_local/run python -m benchmarks.profile_route

# --- AWS

build: $(INSTALLED) ## Build for AWS; functions and layers carry bytecode that is never stale
	ARCHITECTURE=$${ARCHITECTURE:-arm64} sam build
	python -m compileall -qf --invalidation-mode unchecked-hash .aws-sam/build

deploy: build ## Deploy to AWS: make deploy ENV=dev
	python -m release deploy $(ENV)

lock: $(INSTALLED) ## Lock the dependencies again, and the layers' requirements with them
	uv lock
	@for file in $(LAYER_REQUIREMENTS); do $(MAKE) --no-print-directory $$file.current && mv $$file.current $$file; done

EXPORT := uv export --quiet --frozen --no-emit-workspace --no-header --no-annotate

layers/shared/requirements.txt.current:
	@$(EXPORT) --package shared --output-file $@ >/dev/null

# Every function has the shared layer: what that one carries, this one leaves out.
layers/opensearch/requirements.txt.current:
	@$(EXPORT) --package commerce --extra opensearch --output-file $@ >/dev/null \
		$$(sed -nE 's/^([a-z0-9-]+)==.*/--no-emit-package \1/p' layers/shared/requirements.txt)

# --- Installation: everything goes into .venv and .local

$(INSTALLED): pyproject.toml uv.lock */pyproject.toml layers/shared/pyproject.toml
	@command -v uv >/dev/null || { echo "  installing uv …"; python3 -m venv .local/uv && .local/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); } || \
		{ echo "Almoner needs Python 3.13 with venv (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@echo "  installing the project's packages …"
	@uv sync --frozen --quiet
	@touch $@
