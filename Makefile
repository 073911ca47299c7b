# The commands for people, tests and CI. Run them from the root of the repository.

GO ?= go
PRODUCT ?= weka
FUZZTIME ?= 5m
GOVULNCHECK ?= $(GO) run golang.org/x/vuln/cmd/govulncheck@v1.8.0
GO_LICENSES ?= $(GO) run github.com/google/go-licenses@v1.6.0
# The toolchain of `make test-latest`, which go downloads.
LATEST ?= go1.27.4
LINTER = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
# The linter for a platform: an installed one (GOLANGCI_LINT=golangci-lint), or the one above.
LINT = $(if $(GOLANGCI_LINT),env GOOS=$(1) $(GOLANGCI_LINT),$(GO) run -exec "env GOOS=$(1)" $(LINTER))

.PHONY: help demo test test-latest lint generate refresh rehearse check-generated mutate fuzz hub bench torture fleet vulnerabilities licences

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## both halves against simulators; a read-only tour with WEKA_HOST or NGENEA_URL
	@cd test && $(GO) run ./demo

# -count=1 where tests read files outside their module, which the test cache does not track.
test: ## all tests with the race detector; no network, no server
	$(GO) vet ./...
	cd test && $(GO) vet ./...
	cd specs/refresh/diff && GOWORK=off $(GO) vet ./...
	for os in darwin windows; do GOOS=$$os $(GO) vet ./overlay/... || exit 1; done
	$(GO) run ./specs/refresh check
	$(GO) run ./specs/refresh drift
	$(GO) test ./specs/...
	$(GO) test -race ./overlay/... ./gen/...
	for module in telemetry redisstore; do (cd overlay/$$module && GOWORK=off $(GO) vet ./... && GOWORK=off $(GO) test -race ./...) || exit 1; done
	cd test && $(GO) test -race $$($(GO) list ./... | grep -v '/house$$')
	cd test && $(GO) test -race -count=1 ./house
	cd test/consumer && GOWORK=off $(GO) vet ./... && GOWORK=off $(GO) test -race -count=1 ./...
	test/mutate/run.sh check

test-latest: export GOTOOLCHAIN = $(LATEST)
test-latest: test ## the same with the latest Go

lint: ## golangci-lint and vet, for three platforms
	$(call LINT,linux) run ./...
	for os in darwin windows; do $(call LINT,$$os) run ./overlay/... || exit 1; done
	cd test && $(call LINT,linux) run --config ../.golangci.yml ./...
	for module in telemetry redisstore; do (cd overlay/$$module && GOWORK=off $(call LINT,linux) run --config ../../.golangci.yml ./...) || exit 1; done
	cd specs/refresh/diff && GOWORK=off $(call LINT,linux) run --config ../../../.golangci.yml ./...
	cd test/consumer && GOWORK=off $(call LINT,linux) run --config ../../.golangci.yml ./...
	for os in linux darwin windows; do GOOS=$$os $(GO) vet ./... || exit 1; done
	cd test && for os in darwin windows; do GOOS=$$os $(GO) vet ./... || exit 1; done

generate: ## contract and repairs to effective.json, operations.tsv and gen/
	$(GO) generate ./...

# The address is passed in the environment: make and the shell would expand parts of it.
refresh: export DOCUMENT = $(value FROM)
unexport FROM

refresh: ## the whole refresh from a published document: make refresh FROM=URL_OR_FILE [PRODUCT=weka] [FLAGS=-insecure]
	@$(GO) run ./specs/refresh upgrade -from "$$DOCUMENT" $(FLAGS) $(PRODUCT)

rehearse: ## drive the refresh from 5.0 to 5.1 to a made-up 5.2, and back
	$(GO) test ./specs/refresh -run '^Test(Rehearsal|HarmlessRelease)$$' -rehearse -v -timeout 60m

check-generated: ## regenerate elsewhere and fail on any difference
	@$(GO) run ./specs/refresh drift

mutate: ## break the code in a copy and check that a test fails: make mutate [PACKAGES=overlay/call]
	@GO="$(GO)" test/mutate/run.sh

# The decoders of what servers and files contain: folder below overlay/ and target.
FUZZ = call/FuzzDecode call/FuzzUnfit token/FuzzCacheFile token/FuzzKeepUnknown token/FuzzJWTTimes weka/FuzzLoginResponse weka/FuzzTokenFile ../specs/refresh/FuzzPullToGenerate

# Before Go 1.27 a run without a finding may end in "context deadline exceeded"
# (golang/go#75804).
fuzz: ## fuzz every decoder, each for FUZZTIME (5m)
	@for target in $(FUZZ); do \
		echo "$$target"; \
		output=$$($(GO) test -run '^$$' -fuzz "^$${target##*/}$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s ./overlay/$${target%/*} 2>&1) || \
			echo "$$output" | grep -qx '    context deadline exceeded' || { echo "$$output"; exit 1; }; \
		echo "$$output" | grep '^fuzz:' | tail -1; \
	done

# Copies the figures of the results files into the README.
FIGURES = cd test && $(GO) test ./house -run Figures -update > /dev/null

hub: ## pull the documents of a real Hub (Django, from Debian's packages), and run the story against it
	@GO="$(GO)" python3 test/hub/run.py $(FORMS)

bench: ## what the SDK costs: a table, test/bench/results.json and the figures of the README
	@cd test && $(GO) run ./bench
	@$(FIGURES)

torture: ## tokens and calls under load, kills, revocations and network faults (8 minutes)
	@cd test && $(GO) run ./torture
	@$(FIGURES)

fleet: ## one session for 8 machines and 400 processes, with a real redis-server (5 minutes)
	@cd test && $(GO) run ./fleet
	@$(FIGURES)

vulnerabilities: ## govulncheck on what programs import; needs its database at vuln.go.dev
	$(GOVULNCHECK) ./overlay/... ./gen/...

licences: ## the licences of what a program links; fails on one other than Apache-2.0, BSD or MIT
	@$(GO_LICENSES) check --allowed_licenses=Apache-2.0,BSD-2-Clause,BSD-3-Clause,MIT ./overlay/weka ./overlay/ngenea
	@$(GO_LICENSES) report ./overlay/weka ./overlay/ngenea 2>/dev/null
