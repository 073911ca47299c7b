# The same commands for people, tests and CI, all from the root of the repository.

GO ?= go
GOLANGCI_LINT ?= $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: help demo test lint generate check-generated

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## the whole story against a simulator: log in, work, outlive token expiries
	@cd test && $(GO) run ./demo

test: ## everything that must hold; no network, no server
	$(GO) vet ./...
	cd test && $(GO) vet ./...
	$(GO) run ./specs/refresh check weka
	$(GO) test ./specs/...
	$(GO) test -race ./overlay/... ./gen/...
	cd test && $(GO) test -race ./...

lint: ## golangci-lint, and vet for three platforms
	$(GOLANGCI_LINT) run ./...
	cd test && $(GOLANGCI_LINT) run --config ../.golangci.yml ./...
	for os in linux darwin windows; do GOOS=$$os $(GO) vet ./... || exit 1; done

generate: ## contract and repairs to effective.json, operations.tsv and gen/
	$(GO) generate ./...

check-generated: ## regenerate elsewhere and fail on any difference
	@$(GO) run ./specs/refresh drift weka
