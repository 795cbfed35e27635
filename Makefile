# The commands of this project; `make` alone lists them.
# Required: Rust, make, and a C compiler. The web pages and the client tests also need Node 20.19 or later with npm, the
# client tests Python 3.11 or later with venv, the tests of the pages Chromium (`chromium-headless-shell`,
# `chromium`, or the path in SISTERGRAPH_CHROMIUM), and `make lint` cargo-deny.

# Arguments that `make run` passes to the program, as in `make run ARGS='--listen 127.0.0.1:9000'`.
ARGS ?=
# Options for the cargo commands that build; continuous integration sets --locked.
CARGO_FLAGS ?=

say = @printf '%s\n'

.DEFAULT_GOAL := help
.PHONY: help run pages test test-clients test-cluster test-packages test-pages lint lint-pages bench

# The pages are rebuilt if one of these files is newer.
PAGES_FROM = $(shell find web -name node_modules -prune -o -path web/dist -prune -o -path web/screenshots -prune -o -type f ! -name generated.ts -print) schema.graphql

help: ## List the targets.
	$(say) 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | while IFS='	' read -r target text; do printf '  make %-13s %s\n' "$$target" "$$text"; done

run: ## Build a release and serve on http://127.0.0.1:8000; the first start loads the data.
	$(say) 'make run: building a release. The first build takes about 15 minutes on two cores.' \
		'The server then listens on http://127.0.0.1:8000, or the address in SISTERGRAPH_LISTEN, until you press Ctrl-C.' \
		'The first start creates the database and loads the data.'
	@if $(has_node); then $(MAKE) --no-print-directory pages; else \
		echo 'make run: the web pages are NOT built, because Node 20.19 or later with npm is missing. The API works without them.'; \
	fi
	cargo run --release $(CARGO_FLAGS) -- serve $(ARGS)

pages: web/dist/index.html ## Build the web pages into web/dist, which the program serves; needs Node and npm.

web/dist/index.html: $(PAGES_FROM) web/node_modules/.package-lock.json
	cd web && npm run build

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci

can_open_pages = command -v "$${SISTERGRAPH_CHROMIUM:-chromium-headless-shell}" >/dev/null || \
	{ [ -z "$${SISTERGRAPH_CHROMIUM:-}" ] && command -v chromium >/dev/null; }

# The tests use SQLite unless TEST_DATABASE_URL names a PostgreSQL database, so each database needs its own run.
# cargo test rather than nextest, because it comes with Rust.
# Tests that open no database, or databases of their own.
WITHOUT_DATABASE = architecture:: commands:: deployment:: haproxy:: language:: patroni:: cluster:: _rules:: import::libreoffice \
	import::revision methods::fit operations::log operations::traces
# Tests of HTTP, of arguments and limits, of what the program makes of rows that it has read, and the comparisons of two executors over
# the same rows. A short run skips every test on PostgreSQL whose name contains one of these.
ON_SQLITE_IF_SHORT = charts:: figures:: methods:: pages:: both_executors \
	export::archive export::content export::geometry export::ranges export::requests export::spreadsheet export::tools \
	http::connections http::mcp http::nginx http::requests http::saved_queries http::tables \
	invalid_arguments:: invalid_requests:: limits:: null_arguments:: operations::
# Twice as many as processors, because tests wait for the PostgreSQL server.
THREADS = $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
test: ## Run all tests on SQLite, and on PostgreSQL too if TEST_DATABASE_URL is set.
	$(say) 'make test: building and running all tests of the workspace.'
	@$(show_databases)
	env -u TEST_DATABASE_URL cargo test --workspace $(CARGO_FLAGS)
	@if [ -n "$${TEST_DATABASE_URL:-}" ]; then \
		echo 'make test: running the tests that use a database again, on PostgreSQL.'; \
		cargo test --lib $(CARGO_FLAGS) -- db:: && \
		cargo test --test it $(CARGO_FLAGS) -- --test-threads=$(THREADS) \
			$(addprefix --skip ,$(WITHOUT_DATABASE) $(if $(SISTERGRAPH_TEST_SHORT),$(ON_SQLITE_IF_SHORT))); \
	fi
	@$(MAKE) --no-print-directory test-clients
	@if $(has_node) && { $(can_open_pages); }; then $(MAKE) --no-print-directory test-pages; \
	elif [ -n "$${SISTERGRAPH_REQUIRE_BROWSER:-}" ]; then \
		echo 'make test: SISTERGRAPH_REQUIRE_BROWSER is set, but Node 20.19 or later with npm, or Chromium, is missing.' >&2; exit 1; \
	fi
	@printf 'make test: passed. '; $(show_databases)
	@[ -z "$${SISTERGRAPH_TEST_SHORT:-}" ] || echo 'This was a SHORT run (SISTERGRAPH_TEST_SHORT). It skips' \
		'most pages in the tests of proxies, translation, and storage, the screenshots, three quarters of the random cases, and these tests' \
		'on PostgreSQL:' $(ON_SQLITE_IF_SHORT)
	@$(has_node) || echo 'The clients were NOT tested: $(no_node)'
	@if ! { $(has_node) && { $(can_open_pages); }; }; then \
		echo 'The web pages were NOT tested: Node 20.19 or later with npm, or Chromium, is missing.'; \
	fi

# Integration tests need the program, so this builds it too. Without --tests, cargo would build dependencies again, without the
# features that dev-dependencies enable.
build_program = cargo build --workspace --tests $(CARGO_FLAGS)

test-pages: pages ## Check the web pages, and test them in Chromium with a debug build of the program.
	$(build_program)
	cd web && npm run check && npm test && npm run test:browser

show_databases = if [ -n "$${TEST_DATABASE_URL:-}" ]; then \
		echo 'Databases: SQLite and PostgreSQL (TEST_DATABASE_URL).'; \
	else \
		echo 'Databases: SQLite only. PostgreSQL is NOT tested, because TEST_DATABASE_URL is not set.'; \
	fi

test-clients: ## Test the program with the GraphQL over HTTP audits and common GraphQL clients.
	@if $(has_node); then \
		echo 'make test-clients: testing the program with common clients, on SQLite.' && \
		$(build_program) && \
		$(MAKE) --no-print-directory test-packages && \
		npm --prefix tests/clients --silent test; \
	elif [ -n "$${SISTERGRAPH_REQUIRE_NODE:-}" ]; then \
		echo 'make test-clients: $(no_node)' >&2; exit 1; \
	else \
		echo 'make test-clients: NOT tested: $(no_node)'; \
	fi

test-packages: tests/clients/node_modules/.package-lock.json ## Install the packages of the client tests; needs Node and npm.
	@! $(has_python) || $(MAKE) --no-print-directory tests/clients/.venv/installed

# npm writes this file at the end of an installation.
tests/clients/node_modules/.package-lock.json: tests/clients/package.json tests/clients/package-lock.json
	npm --prefix tests/clients --loglevel=error --no-progress ci

# Uses the ports of docs/cluster.md.
test-cluster: ## Follow docs/cluster.md: kill a database under load; needs Patroni, etcd, HAProxy, and PostgreSQL, and takes two minutes.
	$(say) 'make test-cluster: building a cluster on this machine, and killing its primary database under load.'
	cargo test --test it $(CARGO_FLAGS) -- --ignored --nocapture patroni::

has_python = python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null

# Without this folder, the Python examples are not tested, and python.test.ts says so. Python compiles what a test imports; compiling all
# of pandas would take longer than the rest of the installation.
tests/clients/.venv/installed: tests/clients/requirements.txt
	@echo 'make test-clients: installing the Python packages of the client tests; needs Python 3.11 or later with venv.'
	python3 -m venv tests/clients/.venv
	tests/clients/.venv/bin/pip install --quiet --disable-pip-version-check --no-compile --requirement tests/clients/requirements.txt
	@touch $@

has_node = { command -v npm >/dev/null && node -e \
	'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' \
	2>/dev/null; }
no_node = Node 20.19 or later with npm is missing.

# The log level hides the long warnings about two versions of one crate; `cargo deny check bans` prints them.
# Continuous integration has another command.
CLIPPY ?= cargo clippy --workspace --all-targets $(CARGO_FLAGS) -- -D warnings
lint: ## Check the formatting and the dependencies, and run Clippy and ESLint with warnings as errors.
	$(say) 'make lint: formatting (rustfmt)'
	cargo fmt --all --check
	$(say) 'make lint: Clippy, with warnings as errors'
	$(CLIPPY)
	@if $(has_node); then $(MAKE) --no-print-directory lint-pages; \
	elif [ -n "$${SISTERGRAPH_REQUIRE_NODE:-}" ]; then \
		echo 'make lint: $(no_node)' >&2; exit 1; \
	else \
		echo 'make lint: TypeScript and Svelte are NOT checked: $(no_node)'; \
	fi
	$(say) 'make lint: licenses, bans, and sources of the dependencies (cargo-deny)'
	@cargo deny --version >/dev/null 2>&1 || { \
		echo 'make lint: cargo-deny is missing; install it with: cargo install --locked cargo-deny' >&2; exit 1; }
	cargo deny $(CARGO_FLAGS) --log-level error check bans licenses sources
	$(say) 'make lint: known vulnerabilities (cargo-deny, with the RustSec advisory database)'
	@if $$(command -v timeout >/dev/null && echo timeout 120) cargo deny fetch db </dev/null; then \
		cargo deny $(CARGO_FLAGS) --offline check advisories && echo 'make lint: passed.'; \
	else \
		echo 'make lint: passed, but known vulnerabilities were NOT checked: cannot fetch the advisory database.'; \
	fi

# Prettier also checks the JavaScript of tests/clients and bench; `cd web && npm run format` formats all of it.
lint-pages: web/node_modules/.package-lock.json ## Check the formatting of TypeScript, Svelte, and CSS, and run ESLint; needs Node and npm.
	$(say) 'make lint-pages: formatting (Prettier) and ESLint, with warnings as errors'
	cd web && npm run --silent lint

# Options of the benchmark, as in `make bench BENCH='--size 1 --only map'`.
BENCH ?=
bench: ## Compare the speed with other servers and write bench/README.md; needs Node, npm, wrk, and PostgreSQL, and takes 45 minutes.
	$(say) 'make bench: building this program and the other servers, comparing their responses, and timing each in turn.'
	node bench/run.mjs $(BENCH)
