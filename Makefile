# Run `make help` for a list of the commands.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.local/uv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
unexport VIRTUAL_ENV

UV_VERSION := 0.13.8
INSTALLED := .venv/installed
ENV ?= dev
LAYER_REQUIREMENTS := $(foreach layer,shared opensearch payments pictures postgres,layers/$(layer)/requirements.txt)

.PHONY: help up down status logs inbox watch reset rebuild-search test test-opensearch test-sam-local check format build deploy promote region show admin help-pages smoke bootstrap teardown lock bench

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- The platform on this machine (PORT=4600: another port; STATE=.local/other: a second platform; SEARCH=opensearch:
# the shop's search with an OpenSearch, which needs Java and Maven; STRIPE_KEY=sk_test_…: payments by Stripe; POSTGRES_PORT,
# POSTGRES_MAX_CONNECTIONS; UV_NO_GROUP=embeddings or postgres: without these packages)

up: $(INSTALLED) ## Start the whole platform on this machine, or update it
	@python -m local up

down: $(INSTALLED) ## Stop it and keep its data
	@python -m local down

status: $(INSTALLED) ## Show what is running, where, and whether it is up to date
	@python -m local status

logs: $(INSTALLED) ## Show the functions' logs (in a terminal: follow them until Ctrl-C)
	@python -m local logs

inbox: $(INSTALLED) ## Show the mail, SMS and push messages that it has sent, on one page (INBOX_PORT=8025)
	@python -m local inbox

watch: $(INSTALLED) ## Start it, and apply every saved change to the next request
	@python -m local watch

reset: $(INSTALLED) ## Stop it and delete its data
	@python -m local reset

rebuild-search: $(INSTALLED) ## Rebuild the shop's search index (VERIFY=1: compare it with the catalogue and repair it)
	@python -m local rebuild-search $(if $(VERIFY),--verify)

# --- Quality

test: $(INSTALLED) ## Run all tests: without the emulator, with it, and end to end on a platform of their own
	@pytest -q -n auto -m "not emulator and not platform and not sam_local and not opensearch"
	@pytest -q -n 2 --dist loadfile -m emulator
	@STATE=.local/test PORT=$${TEST_PORT:-4577} python -m local with-platform \
		bash -c 'pytest -q -n 2 --dist loadfile -m "platform and not alone" && pytest -q -m "platform and alone"'

test-opensearch: $(INSTALLED) ## Test product search with a real OpenSearch, fetched by Maven (OPENSEARCH_PORT=4590)
	@pytest -q -m opensearch tests/commerce/search/opensearch

test-sam-local: $(INSTALLED) ## Test every function and route with the real `sam local`, in containers
	@STATE=.local/test PORT=$${TEST_PORT:-4577} python -m local with-platform local/sam_local/run pytest -q -m sam_local tests/sam_local

check: $(INSTALLED) ## Check format, lint, types, architecture, templates and generated files
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	cfn-lint template.yaml sam-local.yaml gateway/*.yaml identity/*.yaml personalization/*.yaml commerce/*.yaml communications/*.yaml knowledge_base/*.yaml operations/bootstrap.yaml
	@rm -rf .local/translated && python -m release translate .local/translated
	cfn-lint --ignore-checks W2001 -- .local/translated/*.json .local/translated/*/*.json  # in translated templates, some parameters are unused
	python -m generate --check
	uv lock --check
	@$(MAKE) --no-print-directory $(LAYER_REQUIREMENTS:=.current)
	for file in $(LAYER_REQUIREMENTS); do diff $$file $$file.current && rm $$file.current || exit 1; done

format: $(INSTALLED) ## Format and fix the code with ruff
	ruff format .
	ruff check --fix .

bench: $(INSTALLED) ## Run the benchmarks, which compare alternatives in one run
	python -m benchmarks.init_bytecode
	python -m benchmarks.request_cost
	python -m benchmarks.model_stream
	python -m benchmarks.search
	python -m benchmarks.shop_pages
	python -m benchmarks.product_search
	python -m benchmarks.shop_search_quality --held-out
	python -m benchmarks.retrieval_quality
	python -m benchmarks.fan_out
	@if command -v java >/dev/null && command -v mvn >/dev/null; then python -m benchmarks.product_search_engines; \
		else echo "OpenSearch was not measured: that needs Java and Maven."; fi
	@STATE=.local/test PORT=$${TEST_PORT:-4577} python -m local with-platform local/sam_local/run python -m benchmarks.profile_route

# --- AWS

# The authorities of RDS and of RDS Proxy, by one of which the database's certificate has to be signed.
RDS_AUTHORITIES := https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem https://www.amazontrust.com/repository/AmazonRootCA1.pem

knowledge_base/src/rds.pem:
	@curl --fail --silent --show-error --proto =https --max-time 60 --retry 2 $(RDS_AUTHORITIES) > $@.part && grep -q 'BEGIN CERTIFICATE' $@.part || { \
		echo "The authorities of RDS, which sign the database's certificate, could not be downloaded. If this machine may not reach AWS, save" >&2; \
		printf '  %s\n' $(RDS_AUTHORITIES) >&2; \
		echo "one after the other as $@ from another machine, and repeat the command." >&2; \
		rm -f $@.part; exit 1; }
	@mv $@.part $@

build: $(INSTALLED) knowledge_base/src/rds.pem ## Build for AWS, with precompiled bytecode
	sam build --config-env $(ENV)
	python -m compileall -qf --invalidation-mode unchecked-hash .aws-sam/build

deploy: build ## Deploy to AWS: make deploy ENV=dev
	python -m release deploy $(ENV)

promote: $(INSTALLED) ## Deploy what has been built, without building it again: make promote ENV=staging
	@test -f .aws-sam/build/template.yaml || { echo "Nothing has been built. Run: make build" >&2; exit 1; }
	python -m release deploy $(ENV)

region: $(INSTALLED)
	@python -m operations region $(ENV)

show: $(INSTALLED) ## Show an environment's URLs, ids and API key: make show ENV=dev
	@python -m operations show $(ENV)

admin: $(INSTALLED) ## Make somebody an administrator: make admin ENV=dev EMAIL=you@example.org
	@python -m operations admin $(ENV) "$(EMAIL)" "$(NAME)"

help-pages: $(INSTALLED) ## Upload the shop's help pages, which the support chat answers from: make help-pages ENV=dev
	@python -m operations help-pages $(ENV)

smoke: $(INSTALLED) ## Check that an environment works: sign in, read a profile, look at a product
	@python -m operations smoke $(ENV)

bootstrap: $(INSTALLED) ## Prepare an account for GitHub Actions: make bootstrap ENV=dev REPOSITORY=owner/name
	@python -m operations bootstrap $(ENV) "$(REPOSITORY)"

teardown: $(INSTALLED) ## Delete an environment, but not prod (DATA=delete: also tables, buckets and users)
	@python -m operations teardown $(ENV) $(if $(filter delete,$(DATA)),--data)

lock: $(INSTALLED) ## Update the lock file and the layers' requirements
	uv lock
	@for file in $(LAYER_REQUIREMENTS); do $(MAKE) --no-print-directory $$file.current && mv $$file.current $$file; done

EXPORT := uv export --quiet --frozen --no-emit-workspace --no-header --no-annotate

layers/shared/requirements.txt.current:
	@$(EXPORT) --package shared --output-file $@ >/dev/null

# An extra of commerce or of shared, without the packages of the shared layer, which every function has.
layers/postgres/requirements.txt.current: PACKAGE := shared
layers/%/requirements.txt.current: PACKAGE ?= commerce
layers/%/requirements.txt.current:
	@$(EXPORT) --package $(PACKAGE) --extra $* --output-file $@ >/dev/null \
		$$(sed -nE 's/^([a-z0-9-]+)==.*/--no-emit-package \1/p' layers/shared/requirements.txt)

# --- Installation, into .venv and .local

$(INSTALLED): pyproject.toml uv.lock */pyproject.toml layers/shared/pyproject.toml
	@command -v uv >/dev/null || { echo "  installing uv …"; python3 -m venv .local/uv && .local/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); } || \
		{ echo "Almoner needs Python 3.13 with venv (on Debian: apt-get install python3-venv)." >&2; exit 1; }
	@echo "  installing the project's packages …"
	@uv sync --frozen --quiet
	@touch $@
