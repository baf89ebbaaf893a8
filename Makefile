# Every target works as the first command in a fresh clone with git, make, Go and a
# package manager: its prerequisites install what else it needs. When everything is
# installed, no package manager is called and no network is needed.

.DEFAULT_GOAL := help

# The caller's value wins.
DEPLOY_ENV ?= local
export DEPLOY_ENV

# Folders that some targets read, see their comments.
SITE ?=
ARTICLES ?=
CLIENT_DIR ?=
SITES ?= internal/cmd/dev/site
PERSONA_SITES := internal/cmd/dev/site,internal/cmd/eval/testdata/sites/crumb,internal/cmd/eval/testdata/sites/cycleways
comma := ,
space := $(subst ,, )

# Tests, checks and evaluations must never use the database of a running system.
NO_DATABASE := unset DATABASE_URL MIGRATE_DATABASE_URL;

# In another user's folder git refuses to answer, and go build would fail.
VCS := $(shell git rev-parse HEAD >/dev/null 2>&1 || echo -buildvcs=false)

# What `version` prints.
VERSION ?= $(patsubst v%,%,$(shell git describe --tags --always --dirty 2>/dev/null || echo dev))
LDFLAGS := -s -w -X github.com/alwrity/onboarding/internal/ops.version=$(VERSION)

# Programs, tests and the programs that tests build have these in common, so that they share what is compiled. To compile
# without debug information takes an eighth less. Only the race detector needs cgo.
export GOFLAGS ?= -trimpath -gcflags=all=-dwarf=false
export CGO_ENABLED = 0

TOOLS := .bin/golangci-lint .bin/sqlc
SUPPLY_TOOLS := .bin/govulncheck .bin/cyclonedx-gomod

##@ Try it

.PHONY: demo
demo: .need-server build ## start everything, take a user through the six steps, print the results, stop (SITE=folder: of these pages)
	@.bin/dev demo $(if $(SITE),-site '$(SITE)')

.PHONY: demo-llm
demo-llm: .need-server build ## the same with API keys, against servers that speak the wire formats of OpenAI and Anthropic
	@.bin/dev demo-llm $(if $(SITE),-site '$(SITE)')

.PHONY: run
run: .need-server build ## start everything and keep it running; prints the addresses and a token (SITE=folder)
	@.bin/dev run $(if $(SITE),-site '$(SITE)')

# FOR limits the time, as in FOR=10m; Ctrl-C ends it too.
.PHONY: demo-ops
demo-ops: .need-server build ## start everything with Prometheus (and Grafana if installed) under load; prints the addresses, of /ops too, and an operator's token (FOR=10m)
	@scripts/need prometheus
	@.bin/dev demo-ops $(if $(FOR),-for '$(FOR)')

##@ Work on it

# These compute in a single goroutine on large inputs: minutes under the race detector,
# which has nothing to find there.
WITHOUT_RACE := ^(TestBombsOfFullSize|TestDeepAndWidePages|TestAnalyzeHugeSite|TestAnalyzeAnyText|TestMergeAnyAnswer)$$

# Vet is a part of make check.
# SKIP leaves tests out, by a regular expression of their names.
SKIP ?=
.PHONY: test
test: .need-test-server .need-test-programs ## all tests, with the race detector where goroutines meet, on a PostgreSQL of their own or TEST_DATABASE_URL
	@$(NO_DATABASE) CGO_ENABLED=1 go test -race -vet=off -shuffle=on -skip '$(WITHOUT_RACE)$(if $(SKIP),|$(SKIP))' $$(go list ./... | grep -v /jobs$$)
	@$(NO_DATABASE) go test -vet=off -run '$(WITHOUT_RACE)' ./internal/webpage ./internal/style ./internal/style/question
	@$(NO_DATABASE) CGO_ENABLED=1 go test -race -vet=off -shuffle=on ./jobs # alone: its tests measure seconds
	@$(NO_DATABASE) go -C tools/chaos test -vet=off ./...
	@[ "$$(uname -s)" != Linux ] || go -C tools/deploy test -vet=off ./...

# It compiles nothing that the tests don't; the tests start a PostgreSQL of their own.
.PHONY: security-test
security-test: .need-test-server .need-test-programs ## attack it: other users' data, tokens, addresses inside, keys, hostile pages, tables without row-level security
	@$(NO_DATABASE) go run ./internal/cmd/security

.PHONY: browser-test
browser-test: .need-browser-server build tools/browser/node_modules ## drive the web page with a browser and check it; screenshots in .data/screenshots, that of the README in PICTURE=<file>
	@node tools/browser/src/main.js

tools/browser/node_modules: tools/browser/package-lock.json
	@scripts/need browser
	@cd tools/browser && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

.PHONY: check
check: .need-test-server tools .bin/govulncheck ## format, vet, lint with the arrows, drift of generated code, schema, patches, modules and known vulnerabilities
	@echo '== format'
	@.bin/golangci-lint fmt --diff
	@echo '== vet'
	@go vet ./...
	@go -C tools/chaos vet ./...
	@GOOS=linux go -C tools/deploy vet ./...
	@go -C tools/bench/dbos vet ./...
	@echo '== lint'
	@.bin/golangci-lint run ./...
	@echo '== generated code'
	@.bin/sqlc diff
	@echo '== schema'
	@$(NO_DATABASE) go test -count=1 -run '^TestSchemaDumpIsCurrent$$' ./migrations
	@echo '== patches'
	@scripts/patches
	@echo '== modules'
	@go mod tidy -diff
	@go -C tools mod tidy -diff
	@go -C tools/chaos mod tidy -diff
	@go -C tools/clients mod tidy -diff
	@go -C clients/go mod tidy -diff
	@go -C tools/deploy mod tidy -diff
	@echo '== known vulnerabilities'
	@scripts/vulnerabilities ./...

.PHONY: fmt
fmt: .bin/golangci-lint ## format the code
	@.bin/golangci-lint fmt

.PHONY: generate
generate: .need-test-server .bin/sqlc ## write migrations/schema.sql, the code that is generated from it, and the generated parts of docs
	@$(NO_DATABASE) go test -count=1 -run '^TestSchemaDumpIsCurrent$$' ./migrations -update
	@.bin/sqlc generate
	@go test -count=1 -run 'DocumentIsCurrent$$' ./dashboards ./internal/cmd/worker ./internal/config ./internal/legacy/store ./internal/onboarding -update

# The generator of the Go client's types and, for the TypeScript client, generator and compiler of its lock file.
CLIENT := clients/typescript
$(CLIENT)/node_modules/.package-lock.json: $(CLIENT)/package-lock.json $(CLIENT)/package.json
	@scripts/need node
	@npm --prefix $(CLIENT) ci --no-audit --no-fund --silent
	@touch $@

.bin/oapi-codegen: tools/clients/go.mod
	@mkdir -p .bin
	@echo 'build $@ (once)'
	@go build -C tools/clients -buildvcs=false -o ../../$@ github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen
	@touch $@

.PHONY: client
client: build .bin/oapi-codegen $(CLIENT)/node_modules/.package-lock.json ## generate the clients in TypeScript, Python and Go from the OpenAPI document
	@scripts/clients

.PHONY: budgets
budgets: .need-test-server ## write what each operation may cost: statements, round trips, commits, allocations and WAL
	@$(NO_DATABASE) BUDGETS=update go test -vet=off -count=1 -run '^TestBudgets$$' ./jobs
	@git diff --stat jobs/testdata/budgets.json

.PHONY: client-check
client-check: build .bin/oapi-codegen $(CLIENT)/node_modules/.package-lock.json ## the clients are current and compile, and their own tests pass
	@scripts/need python
	@scripts/clients check
	@npm --prefix $(CLIENT) run --silent check
	@cd clients/python && python3 -m compileall -q . && python3 -m unittest -q
	@go -C clients/go vet ./... && go -C clients/go test ./...

.PHONY: clients-test
clients-test: build $(CLIENT)/node_modules/.package-lock.json ## the example of each client and the TypeScript of docs/api.md take users through all steps, with events and a webhook, behind a proxy that loses things
	@scripts/need postgres
	@scripts/need python
	@node tools/clients/documented.mjs >$(CLIENT)/documented.ts
	@npm --prefix $(CLIENT) run --silent build
	@go build -C clients/go -buildvcs=false -o ../../.bin/client-example ./example
	@$(NO_DATABASE) node tools/clients/main.mjs

APILINT := tools/apilint
$(APILINT)/node_modules/.package-lock.json: $(APILINT)/package-lock.json $(APILINT)/package.json
	@scripts/need node
	@npm --prefix $(APILINT) ci --no-audit --no-fund --ignore-scripts --silent
	@touch $@

.PHONY: api-lint
api-lint: build $(APILINT)/node_modules/.package-lock.json ## the OpenAPI document keeps all rules of Redocly (recommended) and Spectral (oas)
	@mkdir -p .data
	@.bin/api openapi >.data/openapi.json
	@node $(APILINT)/main.js .data/openapi.json

.PHONY: build
build: ## build the programs into .bin
	@mkdir -p .bin
	@scripts/build $(VCS) -ldflags '$(LDFLAGS)' -o .bin/ ./cmd/api ./cmd/worker ./internal/cmd/dev

.PHONY: tools
tools: $(TOOLS) ## build the linter and the generator into .bin

.PHONY: clean
clean: ## remove .bin (data in .data stays)
	@rm -rf .bin

# With CLIENT_DIR=folder the front end's own client files make the calls.
COMPAT := tools/compat
$(COMPAT)/node_modules/.package-lock.json: $(COMPAT)/package-lock.json $(COMPAT)/package.json
	@scripts/need node
	@npm --prefix $(COMPAT) ci --no-audit --no-fund --ignore-scripts --silent
	@touch $@

.PHONY: compat
compat: build $(COMPAT)/node_modules/.package-lock.json ## make the calls of the ALwrity front end and check every field that it reads (CLIENT_DIR=folder: with its own files)
	@scripts/need postgres
	@said=$$(npm --prefix $(COMPAT) test --silent 2>&1) || { echo "$$said"; exit 1; }
	@$(NO_DATABASE) CLIENT_DIR='$(CLIENT_DIR)' $(COMPAT)/node_modules/.bin/tsx $(COMPAT)/src/main.ts

##@ Measure it

.PHONY: eval-extraction
eval-extraction: ## score of the text extraction (ARTICLES=folder of saved pages with their texts)
	@test -n '$(ARTICLES)' || { echo 'eval-extraction: name the folder of articles: make eval-extraction ARTICLES=<folder>' >&2; exit 2; }
	@go run ./internal/cmd/eval extraction -articles '$(ARTICLES)'

.PHONY: eval-pages
eval-pages: ## score of the main text of each type of page, by models that have not seen the hosts (PAGES=folder of pages with their texts; ARTICLES=more to train on)
	@test -n '$(PAGES)' || { echo 'eval-pages: name the folder of pages: make eval-pages PAGES=<folder>' >&2; exit 2; }
	@go run ./internal/cmd/eval pages -pages '$(PAGES)' -articles '$(ARTICLES)'

.PHONY: train-pages
train-pages: ## retrain the models of the main text (PAGES=folder, ARTICLES=folder of articles)
	@test -n '$(PAGES)' || { echo 'train-pages: name the folders: make train-pages PAGES=<folder> ARTICLES=<folder>' >&2; exit 2; }
	@go run ./internal/cmd/eval train -pages '$(PAGES)' -articles '$(ARTICLES)'

.PHONY: eval-analysis
eval-analysis: ## which fields the analysis fills (SITES=folders, separated by spaces or commas; the sample site)
	@go run ./internal/cmd/eval analysis -sites '$(subst $(space),$(comma),$(strip $(subst $(comma),$(space),$(SITES))))'

.PHONY: eval-sites
eval-sites: ## the analysis beside what an editor read off (SITES=folder of sites named owner+name, TRUTH=file)
	@test -n '$(TRUTH)' || { echo 'eval-sites: name both: make eval-sites SITES=<folder> TRUTH=<file>' >&2; exit 2; }
	@go run ./internal/cmd/eval sites -sites '$(SITES)' -truth '$(TRUTH)'

.PHONY: language-model
language-model: ## retrain the language detection (SENTENCES=, DECLARATIONS=, MESSAGES=folders, see internal/cmd/langmodel)
	@go run ./internal/cmd/langmodel -sentences '$(SENTENCES)' -declarations '$(DECLARATIONS)' -messages '$(MESSAGES)'

.PHONY: eval-personas
eval-personas: ## how well personas match held-out pages of their own site and of others (SITES=folders, or one folder of sites)
	@go run ./internal/cmd/eval personas -sites '$(if $(filter file,$(origin SITES)),$(PERSONA_SITES),$(subst $(space),$(comma),$(strip $(subst $(comma),$(space),$(SITES)))))'

.PHONY: eval-voice
eval-voice: ## how well the voice score tells writers apart (PAGES=folder of pages with their texts)
	@test -n '$(PAGES)' || { echo 'eval-voice: name the folder of pages: make eval-voice PAGES=<folder>' >&2; exit 2; }
	@go run ./internal/cmd/eval voice -pages '$(PAGES)'

# The peers that are compared: pgbench, River, graphile-worker, DBOS, and the programs of cf9f266 from history.
# ONLY names comparisons, separated by commas.
BENCH_FLAGS ?= --rounds 5 --results bench/results.json --chart docs/performance/figures.svg
GRAPHILE := tools/bench/graphile
$(GRAPHILE)/node_modules/.package-lock.json: $(GRAPHILE)/package-lock.json $(GRAPHILE)/package.json
	@scripts/need node
	@npm --prefix $(GRAPHILE) ci --no-audit --no-fund --ignore-scripts --silent
	@touch $@

.PHONY: bench
bench: build $(GRAPHILE)/node_modules/.package-lock.json ## the system beside its peers, each figure a ratio of one run; writes bench/results.json and a chart (ONLY=polls,work)
	@scripts/need postgres
	@go build $(VCS) -o .bin/ ./internal/cmd/bench
	@go build -C tools/bench/dbos -buildvcs=false -o ../../../.bin/bench-dbos .
	@$(NO_DATABASE) .bin/bench peers $(BENCH_FLAGS) $(if $(ONLY),--only '$(ONLY)')

# One round of small sizes.
.PHONY: bench-check
bench-check: BENCH_FLAGS = --rounds 1 --scale 20
bench-check: bench ## see that every part of make bench runs; its figures mean nothing

.PHONY: bench-stream
bench-stream: build ## how soon changes reach open streams and how much memory streams cost, on a database of its own
	@scripts/need postgres
	@go build $(VCS) -o .bin/ ./internal/cmd/bench
	@$(NO_DATABASE) .bin/bench stream

# How many step events the analytics are measured with; 10000000 takes about 4 GB.
EVENTS ?= 200000

.PHONY: bench-analytics
bench-analytics: build ## how fast the analytics are over a year of step events (EVENTS=10000000), on a database of its own
	@scripts/need postgres
	@go build $(VCS) -o .bin/ ./internal/cmd/bench
	@$(NO_DATABASE) .bin/bench analytics -events '$(EVENTS)'

.PHONY: fairness
fairness: build ## how soon a user's job starts beside 10,000 bulk jobs, how equally operations share, and how many calls providers refuse
	@scripts/need postgres
	@go build $(VCS) -o .bin/ ./internal/cmd/bench
	@$(NO_DATABASE) .bin/bench fairness

# DURATION is how long the hostile users are there.
.PHONY: hostile
hostile: build ## how much 20 users who take all that they are given slow down others (DURATION=20s)
	@scripts/need postgres
	@go build $(VCS) -o .bin/ ./internal/cmd/bench
	@$(NO_DATABASE) .bin/bench hostile $(if $(DURATION),-for '$(DURATION)')

SIMULATE_FLAGS ?= --chart docs/scaling.svg --document docs/scaling.md

.PHONY: simulate
simulate: ## measure one and two workers, predict four and up to 10,000, measure four; writes docs/scaling.svg and the sizes in docs/scaling.md
	@scripts/need postgres
	@go build $(VCS) -o .bin/ ./internal/cmd/bench
	@$(NO_DATABASE) .bin/bench simulate $(SIMULATE_FLAGS)

.PHONY: figures
figures: ## size of code, documents and programs, and what a build from nothing costs; fails where a bound is exceeded (minutes)
	@scripts/figures

##@ Break it

# See docs/chaos.md.
DURATION ?=
SEED ?=
CHAOS_FLAGS = $(if $(DURATION),-duration '$(DURATION)') $(if $(SEED),-seed '$(SEED)')

.PHONY: chaos
chaos: build ## kill, stop and disconnect processes under load, then check that nothing was lost or done twice (DURATION=30m SEED=n)
	@scripts/need postgres
	@go build -C tools/chaos -buildvcs=false -o ../../.bin/chaos .
	@$(NO_DATABASE) .bin/chaos run $(CHAOS_FLAGS)

.PHONY: chaos-selftest
chaos-selftest: build ## check that chaos notices programs with each of six defects
	@scripts/need postgres
	@go build -C tools/chaos -buildvcs=false -o ../../.bin/chaos .
	@$(NO_DATABASE) .bin/chaos selftest $(CHAOS_FLAGS)

.PHONY: rolling
rolling: build ## restart every process under load, with workers of two releases, and check that no request and no step fails (DURATION=90s SEED=n, FORMER=folder of the former release's programs)
	@scripts/need postgres
	@go build -C tools/chaos -buildvcs=false -o ../../.bin/chaos .
	@$(NO_DATABASE) .bin/chaos rolling $(CHAOS_FLAGS) $(if $(FORMER),-former '$(FORMER)')

# See docs/chaos.md.
ROUNDS ?= 20

.PHONY: failover-test
failover-test: build ## kill, stop and cut off the primaries of a replicated PostgreSQL under load, and check that nothing was lost or done twice (ROUNDS=2 SEED=n)
	@scripts/need patroni
	@go build -C tools/chaos -buildvcs=false -o ../../.bin/chaos .
	@$(NO_DATABASE) .bin/chaos failover -rounds '$(ROUNDS)' $(if $(SEED),-seed '$(SEED)')

.PHONY: failover-selftest
failover-selftest: build ## check that failover-test notices replication that is not synchronous
	@scripts/need patroni
	@go build -C tools/chaos -buildvcs=false -o ../../.bin/chaos .
	@$(NO_DATABASE) .bin/chaos failover -asynchronous -rounds 1

# EVENTS_FLAGS are those of .bin/events -h.
EVENTS_FLAGS ?=

.PHONY: events-test
events-test: build ## kill workers and receivers while 10,000 events are told, and check that each arrives, in order
	@scripts/need postgres
	@go build $(VCS) -o .bin/ ./internal/cmd/events
	@$(NO_DATABASE) .bin/events $(EVENTS_FLAGS)

# Not the variable of that name of bash, which counts.
SECONDS := $(if $(filter command line,$(origin SECONDS)),$(SECONDS),10)

.PHONY: fuzz
fuzz: .need-test-server ## run each fuzz target for that long; an input that fails is written to testdata/fuzz (SECONDS=30 NAME=part of a name)
	@$(NO_DATABASE) scripts/fuzz $(SECONDS) '$(NAME)'

.PHONY: migrate-under-load
migrate-under-load: ## migrate a database in use, make and drop partitions, and say how long others waited for a lock
	@scripts/need postgres
	@mkdir -p .data
	@$(NO_DATABASE) MIGRATIONS_REPORT='$(CURDIR)/.data/migrations.txt' go test -count=1 -vet=off ./migrations -run 'UnderLoad|TakeLocksBriefly'
	@cat .data/migrations.txt

# PACKAGES are the packages whose tests run, TRIES is how often rows of others are looked for.
PACKAGES ?=
TRIES ?=
.PHONY: pooler-test
pooler-test: .need-test-programs ## run the tests through a PgBouncer in transaction mode, look for others' rows on shared connections, measure the cost (PACKAGES=./jobs,./internal/flow TRIES=20000)
	@scripts/need postgres
	@scripts/need pooler
	@go build $(VCS) -o .bin/ ./internal/cmd/pooler
	@$(NO_DATABASE) .bin/pooler $(if $(PACKAGES),-packages '$(PACKAGES)') $(if $(TRIES),-tries $(TRIES))

# With YUGABYTE_URL the tests run on that server, without the proxy. USERS are those of the load.
.PHONY: distributed-test
distributed-test: .need-test-programs ## run the tests through a proxy that refuses LISTEN, delays, and ends transactions by 40001; then count the effects of a load (PACKAGES= SEED=1)
	@scripts/need postgres
	@go build $(VCS) -o .bin/ ./internal/cmd/distributed
	@$(NO_DATABASE) .bin/distributed $(if $(PACKAGES),-packages '$(PACKAGES)') $(if $(SEED),-seed $(SEED))

.PHONY: mutants
mutants: .need-test-server ## check that tests fail: one-line defects, each of which must fail its test (about seven minutes)
	@scripts/mutants

##@ Operate it

DASHBOARDS := tools/dashboards
$(DASHBOARDS)/node_modules/.package-lock.json: $(DASHBOARDS)/package-lock.json $(DASHBOARDS)/package.json
	@scripts/need node
	@npm --prefix $(DASHBOARDS) ci --no-audit --no-fund --ignore-scripts --silent
	@touch $@

.PHONY: dashboards-check
dashboards-check: $(DASHBOARDS)/node_modules/.package-lock.json ## check the dashboards against the schema that Grafana publishes
	@node $(DASHBOARDS)/main.js

.PHONY: ops-test
ops-test: build dashboards-check ## check under load, with a real Prometheus, that every metric of dashboards and alerts exists, and test the alerts
	@scripts/need postgres
	@scripts/need prometheus
	@go test -count=1 -run '^TestPromtool$$' ./dashboards # anew: promtool reads files that the cache doesn't see
	@$(NO_DATABASE) .bin/dev ops

# It may be any database: DEPLOY_ENV is the caller's or, unset, production.
.PHONY: migrate
migrate: build ## bring the schema of DATABASE_URL up to date
	@test -n "$$DATABASE_URL" || { echo 'migrate: name the database: make migrate DATABASE_URL=postgres://...' >&2; exit 2; }
	@$(if $(filter file,$(origin DEPLOY_ENV)),unset DEPLOY_ENV;) .bin/worker migrate up

.PHONY: alerts-test
alerts-test: .need-test-server ## raise the alerts by injecting their faults, with a real Prometheus (about four minutes)
	@scripts/need prometheus
	@cd dashboards && promtool test rules alerts_test.yaml
	@$(NO_DATABASE) OPS_TEST=1 go test -count=1 -v -run '^TestAlertsSeeFaults$$' ./internal/e2e

# Starting programs as another user on a read-only root takes root; elsewhere it says so. SHORT=yes walks through
# compose.yaml only and leaves out goreleaser, which takes minutes to compile. USERS measures what that many users cost.
SHORT ?=
USERS ?=
.PHONY: deploy-check
deploy-check: .need-linux build ## render and check Dockerfile, compose.yaml, chart, units, proxy, monitoring and workflows, and walk a user through what they start (SHORT=yes USERS=100)
	@scripts/need postgres
	@scripts/need prometheus
	@scripts/need deploy
	@$(if $(SHORT),,$(MAKE) -s .bin/goreleaser || true)
	@echo 'build .bin/deploy (the first time a minute or two)'
	@go build -C tools/deploy -buildvcs=false -o ../../.bin/deploy .
	@$(NO_DATABASE) PATH="$$PATH:/usr/sbin"; export PATH; as=; [ "$$(id -u)" -eq 0 ] || ! sudo -n true 2>/dev/null || as='sudo -n env PATH='"$$PATH"; \
		$$as .bin/deploy check -stamp '$(VERSION)' $(if $(SHORT),-short) $(if $(USERS),-users '$(USERS)')

# USERS is how many users the four stores have together.
.PHONY: import-test
import-test: build ## import stores of ALwrity's former back end with every known fault, read every value back, import again (USERS=400)
	@scripts/need postgres
	@go build $(VCS) -o .bin/ ./internal/cmd/importtest
	@$(NO_DATABASE) .bin/importtest -users '$(or $(USERS),10000)'

.PHONY: help
help:
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Release it

SBOM := .data/sbom

.PHONY: sbom
sbom: build .bin/cyclonedx-gomod ## list what the programs are made of, with licences, in .data/sbom (CycloneDX)
	@mkdir -p $(SBOM)
	@for program in api worker; do \
		.bin/cyclonedx-gomod bin -json -licenses -assert-licenses -noserial -notimestamp -version '$(VERSION)' \
			-output $(SBOM)/$$program.cdx.json .bin/$$program >$(SBOM)/log 2>&1 || { cat $(SBOM)/log >&2; exit 1; }; \
		echo "sbom: $(SBOM)/$$program.cdx.json"; \
	done

.PHONY: licenses
licenses: sbom ## fail if a module or an npm package has a licence that tools/licenses.txt doesn't accept, or is not pinned
	@go run ./internal/cmd/licenses $(SBOM)/api.cdx.json $(SBOM)/worker.cdx.json $(wildcard */*/package-lock.json */*/*/package-lock.json)

# With CACHE=shared both builds take what is compiled already: seconds instead of minutes.
.PHONY: reproducible
reproducible: ## build the committed state in two folders, the second time from nothing, and compare the programs (minutes)
	@scripts/reproducible $(CACHE)

# The tools live in a module of their own and are rebuilt when it changes.
.bin/golangci-lint: TOOL = github.com/golangci/golangci-lint/v2/cmd/golangci-lint
.bin/sqlc: TOOL = github.com/sqlc-dev/sqlc/cmd/sqlc
.bin/govulncheck: TOOL = golang.org/x/vuln/cmd/govulncheck
.bin/cyclonedx-gomod: TOOL = github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
# So large that it has a module of its own.
.bin/goreleaser: tools/release/go.mod
	@mkdir -p .bin
	@echo 'build $@ (once, takes minutes)'
	@go build -C tools/release -buildvcs=false -o ../../$@ github.com/goreleaser/goreleaser/v2
	@touch $@

$(TOOLS) $(SUPPLY_TOOLS): tools/go.mod
	@mkdir -p .bin
	@echo 'build $@ (once, takes a minute or two)'
	@go build -C tools -buildvcs=false -o ../$@ $(TOOL)
	@touch $@

# Install what this machine lacks.
.PHONY: .need-linux
.need-linux:
	@[ "$$(uname -s)" = Linux ] || { echo 'deploy-check: it starts programs in namespaces of Linux, so it needs Linux' >&2; exit 1; }
.PHONY: .need-server .need-test-server .need-test-programs .need-browser-server
.need-server:
	@test -n "$$DATABASE_URL" || scripts/need postgres
.need-test-server:
	@test -n "$$TEST_DATABASE_URL" || scripts/need postgres
.need-browser-server:
	@scripts/need postgres
	@scripts/need browser
.need-test-programs:
	@scripts/need cc
	@scripts/need curl
