# The commands of this project; `make` alone lists them.
# Needed: Rust, make and a C compiler. The pages, and the tests with clients, also want Node 20.19 or later with npm; the
# tests of the pages Debian's chromium, or one that SISTERGRAPH_CHROMIUM names; `make lint` cargo-deny.

# Passed on to the program by `make run`, as in `make run ARGS='--listen 127.0.0.1:9000'`.
ARGS ?=
# Passed on to every cargo that builds; continuous integration sets --locked.
CARGO_FLAGS ?=

say = @printf '%s\n'

.DEFAULT_GOAL := help
.PHONY: help run pages test test-clients test-pages lint lint-pages bench

# The pages are built again when one of these is newer.
PAGES_FROM = $(shell find web -name node_modules -prune -o -path web/dist -prune -o -path web/screenshots -prune -o -type f ! -name generated.ts -print) schema.graphql

help: ## List the targets.
	$(say) 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | while IFS='	' read -r target text; do printf '  make %-12s %s\n' "$$target" "$$text"; done

run: ## Build in release and serve on http://127.0.0.1:8000, loading the data on the first start.
	$(say) 'make run: building in release; the first time takes some minutes.' \
		'Then it serves on http://127.0.0.1:8000, or where SISTERGRAPH_LISTEN says, until Ctrl-C;' \
		'the first start creates the database and loads the data into it.'
	@if $(has_node); then $(MAKE) --no-print-directory pages; else \
		echo 'make run: the pages are NOT built: Node 20.19 or later with npm is missing. The API does without.'; \
	fi
	cargo run --release $(CARGO_FLAGS) -- serve $(ARGS)

pages: web/dist/index.html ## Build the pages into web/dist, from where the program takes them; needs Node and npm.

web/dist/index.html: $(PAGES_FROM) web/node_modules/.package-lock.json
	cd web && npm run build

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci

can_open_pages = command -v "$${SISTERGRAPH_CHROMIUM:-chromium}" >/dev/null

# The tests take SQLite unless TEST_DATABASE_URL names a PostgreSQL, so both need a run each.
# cargo test rather than nextest: it comes with Rust, and it runs the examples in the documentation too.
test: ## Run every test, on SQLite, and on PostgreSQL too when TEST_DATABASE_URL is set.
	$(say) 'make test: building and running every test of the workspace.'
	@$(tell_databases)
	env -u TEST_DATABASE_URL cargo test --workspace $(CARGO_FLAGS)
	@if [ -n "$${TEST_DATABASE_URL:-}" ]; then \
		echo 'make test: once more what uses a database, on PostgreSQL.'; \
		cargo test --workspace --test it $(CARGO_FLAGS); \
	fi
	@$(MAKE) --no-print-directory test-clients
	@if $(has_node) && $(can_open_pages); then $(MAKE) --no-print-directory test-pages; \
	elif [ -n "$${SISTERGRAPH_REQUIRE_BROWSER:-}" ]; then \
		echo 'make test: SISTERGRAPH_REQUIRE_BROWSER is set, but Node 20.19 with npm, or chromium, is missing.' >&2; exit 1; \
	fi
	@printf 'make test: passed. '; $(tell_databases)
	@$(has_node) || echo 'Clients are NOT tested: $(no_node)'
	@if ! { $(has_node) && $(can_open_pages); }; then \
		echo 'Pages: NOT tested: Node 20.19 or later with npm, or chromium, is missing.'; \
	fi

test-pages: pages ## Check the pages, and test them in Chromium against the debug build of the program.
	cargo build --workspace $(CARGO_FLAGS)
	cd web && npm run check && npm test && npm run test:browser

tell_databases = if [ -n "$${TEST_DATABASE_URL:-}" ]; then \
		echo 'Databases: SQLite, and the PostgreSQL of TEST_DATABASE_URL.'; \
	else \
		echo 'Databases: SQLite only. PostgreSQL is NOT tested: TEST_DATABASE_URL is not set.'; \
	fi

# npm writes node_modules/.package-lock.json last.
test-clients: ## Run the audits of GraphQL over HTTP and clients that people use against the program.
	@if $(has_node); then \
		echo 'make test-clients: real clients against the program, on SQLite.' && \
		cargo build --workspace $(CARGO_FLAGS) && \
		{ [ tests/clients/node_modules/.package-lock.json -nt tests/clients/package-lock.json ] || \
			npm --prefix tests/clients --loglevel=error --no-progress ci; } && \
		npm --prefix tests/clients --silent test; \
	elif [ -n "$${SISTERGRAPH_REQUIRE_NODE:-}" ]; then \
		echo 'make test-clients: $(no_node)' >&2; exit 1; \
	else \
		echo 'make test-clients: NOT run: $(no_node)'; \
	fi

has_node = { command -v npm >/dev/null && node -e \
	'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' \
	2>/dev/null; }
no_node = Node 20.19 or later and npm are needed, and not here.

# Two versions of one crate are worth a warning, not pages of it: `cargo deny check bans` prints them.
lint: ## Check the formatting, clippy and eslint with warnings denied, and the dependencies.
	$(say) 'make lint: formatting (rustfmt)'
	cargo fmt --all --check
	$(say) 'make lint: clippy, warnings denied'
	cargo clippy --workspace --all-targets $(CARGO_FLAGS) -- -D warnings
	@if $(has_node); then $(MAKE) --no-print-directory lint-pages; \
	elif [ -n "$${SISTERGRAPH_REQUIRE_NODE:-}" ]; then \
		echo 'make lint: $(no_node)' >&2; exit 1; \
	else \
		echo 'make lint: TypeScript and Svelte are NOT checked: $(no_node)'; \
	fi
	$(say) 'make lint: licences, bans and sources of the dependencies (cargo-deny)'
	@cargo deny --version >/dev/null 2>&1 || { \
		echo 'make lint: cargo-deny is missing; install it with: cargo install --locked cargo-deny' >&2; exit 1; }
	cargo deny $(CARGO_FLAGS) --log-level error check bans licenses sources
	$(say) 'make lint: known vulnerabilities (cargo-deny, with the RustSec advisory database)'
	@if $$(command -v timeout >/dev/null && echo timeout 120) cargo deny fetch db </dev/null; then \
		cargo deny $(CARGO_FLAGS) --offline check advisories && echo 'make lint: passed.'; \
	else \
		echo 'make lint: passed, but advisories were NOT checked: their database could not be fetched.'; \
	fi

# Prettier covers the JavaScript of tests/clients and bench too; `cd web && npm run format` formats all of it.
lint-pages: web/node_modules/.package-lock.json ## Check the formatting of TypeScript, Svelte and CSS, and eslint; needs Node and npm.
	$(say) 'make lint-pages: formatting (prettier) and eslint, warnings denied'
	cd web && npm run --silent lint

# BENCH is passed on, as in make bench BENCH='--size 1 --only map'.
BENCH ?=
bench: ## Compare the speed with other servers and write bench/README.md; needs Node, npm and wrk, and half an hour.
	$(say) 'make bench: building this program and its peers, comparing their answers, then timing them in turn.'
	node bench/run.mjs $(BENCH)
