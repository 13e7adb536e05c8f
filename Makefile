# segment-blocker. `make help` lists the targets.
#
# Needs Go, Node with npm, git and bash; everything else is installed by the targets that need it: npm packages into
# web/node_modules, tools into .tools, LLVM and the browsers with apt-get or brew.

# Versions. TinyGo's is in wasm/toolchain/go.mod, the npm packages' in web/package-lock.json.
GOFUMPT_VERSION     := v0.12.0
STATICCHECK_VERSION := v0.8.2

# Settings of single targets, e.g. `make demo PORT=9000`.
PORT     ?= 8080
FUZZTIME ?= 20s
BROWSERS ?= chromium firefox $(if $(filter Linux,$(shell uname -s)),webkit)
export BROWSERS

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

TINYGO      := .tools/bin/tinygo
GOFUMPT     := .tools/gofumpt-$(GOFUMPT_VERSION)/gofumpt
STATICCHECK := .tools/staticcheck-$(STATICCHECK_VERSION)/staticcheck
PACKAGES    := wasm/toolchain/packages.sh
NPM         := web/node_modules/.package-lock.json
GEN         := .tools/stamp/gen
ENGINE      := web/dist/segment-blocker.wasm
READER      := web/build/decode.wasm
SCRIPT      := web/dist/segment-blocker.js
TOOL        := bin/segment-blocker

# Sources, so that nothing is built twice.
GO_FILES     := go.mod go.sum $(wildcard web/*.go) $(shell find blocker wasm web/server -name '*.go' ! -name '*_test.go')
ENGINE_FILES := go.mod $(filter-out blocker/rewrite/% blocker/audit/% blocker/proxy/% blocker/cmd/% web/%,$(GO_FILES))
JS_FILES     := $(shell find web/src -type f) web/package.json web/build.js $(wildcard web/build/*.js)
ALL_GO       := $(wildcard web/*.go) $(shell find blocker wasm web/server -name '*.go')

# Node's tests: those of the built engine, and those in browsers.
ENGINE_TESTS  := $(wildcard web/build/*.test.js web/e2e/abi*.test.js web/e2e/parity*.test.js)
BROWSER_TESTS := $(filter-out $(ENGINE_TESTS),$(shell find web/e2e -name '*.test.js'))

# What the engine is compiled to. -opt=z: 23 KB, where -opt=2 has 38 KB and saves 0.02 us of a decision's 0.3. The
# second wasm-opt takes off another sixth. Its features are those of wasm/target.json; the linker puts the stack at the
# bottom of the memory, so no data has a low address.
TINYGO_FLAGS := -target ./wasm/target.json -buildmode=c-shared -no-debug -opt=z -panic=trap
WASM_OPT     := wasm-opt --flatten --rereloop -Oz -Oz --low-memory-unused --strip-debug --strip-producers --strip-target-features \
                --enable-bulk-memory --enable-mutable-globals --enable-nontrapping-float-to-int --enable-sign-ext

# generate(directory): the files of web/src/gen, laid out as prettier would.
generate = go run ./blocker/internal/gen $(1) && \
	web/node_modules/.bin/prettier --write --log-level warn --config web/.prettierrc.json $(1)

# need(command, what to do): a clear word when something that cannot be installed here is missing.
need = $(if $(shell command -v $(1)),,$(error $(1) is missing: $(2)))
ifneq ($(filter-out help clean distclean,$(MAKECMDGOALS)),)
$(call need,go,install Go 1.25 or newer from https://go.dev/dl)
$(call need,node,install Node 20 or newer from https://nodejs.org)
$(call need,npm,install npm; it comes with Node from https://nodejs.org)
endif

##@ Use

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: build ## build, then serve the demo on http://localhost:8080 (PORT=) until stopped
	@exec $(TOOL) demo --addr localhost:$(PORT)

.PHONY: build
build: $(SCRIPT) $(TOOL) ## build web/dist and bin/segment-blocker

.PHONY: clean
clean: ## remove what was built
	rm -rf bin web/dist $(READER) .tools/stamp .tools/std

.PHONY: distclean
distclean: clean ## remove what was installed here too: .tools (TinyGo) and web/node_modules
	rm -rf .tools web/node_modules

##@ Check

.PHONY: test
test: ## run every test: generated files, Go with the race detector, the built engine, real browsers
	@$(MAKE) --no-print-directory check-gen
	@$(MAKE) --no-print-directory build
	@$(MAKE) --no-print-directory test-go
	@$(MAKE) --no-print-directory test-parity
	@$(MAKE) --no-print-directory test-browser

.PHONY: test-go
test-go: $(SCRIPT) ## run Go's tests with the race detector; the auditor's need Chromium
	@$(PACKAGES) cc=build-essential:gcc
	@web/scripts/browsers.sh chromium
	CGO_ENABLED=1 go test -race ./...

.PHONY: test-parity
test-parity: $(SCRIPT) ## run the tests of the built engine: what Go decides, the wasm decides
	node --test --test-reporter=spec $(ENGINE_TESTS)

# A process an engine: a browser that is up is up for all test files.
.PHONY: test-browser
test-browser: build browsers ## run the tests in real browsers (BROWSERS="chromium firefox webkit")
	$(if $(BROWSER_TESTS),,$(error no browser test found in web/e2e))
	BROWSER_TESTS="$(BROWSER_TESTS)" node --test --test-reporter=spec --test-concurrency=$(words $(BROWSERS)) \
		$(BROWSERS:%=web/e2e/engines/%.js)

.PHONY: bench
bench: build browsers ## run the benchmarks, printed as ratios
	go test -run '^$$' -bench . -benchmem ./...
	node web/e2e/bench.js
	node web/e2e/bench-firefox.js

.PHONY: fuzz
fuzz: ## fuzz every Fuzz function, each for FUZZTIME (20s)
	@grep -rl --include='*_test.go' '^func Fuzz' blocker wasm web/server | xargs -n1 dirname | sort -u | while read -r dir; do \
		sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$dir"/*_test.go | while read -r name; do \
			echo "$$name in $$dir"; \
			go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) "./$$dir" </dev/null || exit 1; \
		done || exit 1; \
	done

##@ Keep tidy

.PHONY: lint
lint: lint-go lint-web ## check layout, types and rules of all code

.PHONY: lint-go
lint-go: $(GOFUMPT) $(STATICCHECK) ## gofumpt, go vet, staticcheck
	@unformatted=$$($(GOFUMPT) -l $(ALL_GO)); \
		if [ -n "$$unformatted" ]; then echo "run make fmt; not formatted:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	$(STATICCHECK) $$(go list ./... | grep -v '/wasm$$')
	GOOS=wasip1 GOARCH=wasm $(STATICCHECK) -checks inherit,-U1000 ./wasm # exports look unused to it

.PHONY: lint-web
lint-web: $(SCRIPT) ## prettier, eslint (the bundles too), tsc
	npm --prefix web run --silent lint

.PHONY: fmt
fmt: $(GOFUMPT) $(NPM) ## format all code
	@$(GOFUMPT) -w $(ALL_GO)
	npm --prefix web run --silent format

.PHONY: gen
gen: $(NPM) ## write web/src/gen and blocker/catalog/vendors.go from the Go tables
	@go test ./blocker/catalog/destinations -run TestTheEngineHasTheTablesCompactForm -update >/dev/null
	@$(call generate,web/src/gen)

.PHONY: check-gen
check-gen: $(NPM) ## fail if web/src/gen is not what the Go tables say
	@dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
		$(call generate,"$$dir"); \
		diff -ru web/src/gen "$$dir" || { echo "web/src/gen is out of date: run make gen" >&2; exit 1; }

##@ Install

.PHONY: tools
tools: $(TINYGO) $(GOFUMPT) $(STATICCHECK) $(NPM) browsers ## install everything that any target needs

.PHONY: browsers
browsers: ## install the browsers of the tests (BROWSERS=)
	@web/scripts/browsers.sh $(BROWSERS)

.PHONY: wasm-std
wasm-std: .tools/std/segment-blocker.wasm ## the engine by standard Go, to test its exports without TinyGo

# Files

$(TINYGO): wasm/toolchain/go.mod wasm/toolchain/go.sum wasm/toolchain/tinygo.sh
	@wasm/toolchain/tinygo.sh

$(GOFUMPT):
	GOBIN=$(CURDIR)/$(@D) go install mvdan.cc/gofumpt@$(GOFUMPT_VERSION)

$(STATICCHECK):
	GOBIN=$(CURDIR)/$(@D) go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)

$(NPM): web/package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || \
		{ echo "segment-blocker: this Node is too old: install Node 20 or newer from https://nodejs.org" >&2; exit 1; }
	cd web && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(GEN): $(GO_FILES) $(wildcard web/src/gen/*)
	@$(MAKE) --no-print-directory check-gen
	@mkdir -p $(@D) && touch $@

$(ENGINE): $(ENGINE_FILES) wasm/target.json $(TINYGO)
	@mkdir -p $(@D)
	$(TINYGO) build $(TINYGO_FLAGS) -o $@.tinygo ./wasm
	$(WASM_OPT) $@.tinygo -o $@
	@rm $@.tinygo

.tools/std/segment-blocker.wasm: $(ENGINE_FILES)
	@mkdir -p $(@D)
	GOOS=wasip1 GOARCH=wasm go build -trimpath -ldflags='-s -w' -buildmode=c-shared -o $@ ./wasm

# build.js writes the module and the types along with the script.
# wasm-as comes with the wasm-opt that TinyGo needs.
$(READER): web/build/decode.wat $(TINYGO)
	wasm-as $< -o $@.long
	wasm-opt -Oz $@.long -o $@
	@rm $@.long

$(SCRIPT): $(ENGINE) $(READER) $(JS_FILES) $(GEN) $(NPM)
	node web/build.js

$(TOOL): $(GO_FILES) $(SCRIPT) $(wildcard blocker/audit/*.html blocker/audit/*.js)
	go build -trimpath -tags gate -ldflags="-X main.Version=$$(node -p 'require("./web/package.json").version')" -o $@ ./blocker/cmd/segment-blocker
