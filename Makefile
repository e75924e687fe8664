SHELL := /bin/bash
.DEFAULT_GOAL := help
SILO ?= Embedded
CONFIGURATION ?= Release
DOTNET_FLAGS := -c $(CONFIGURATION) -p:Silo=$(SILO) --nologo -v quiet
SERVER := src/OrleansDaap.Server
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: help build run test soak bench format clean cluster-up cnpg-install deploy cluster-down silo tools test-tools

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{ printf "%-20s%s\n", $$1, $$2 }'

build: silo ## Build everything; warnings are errors
	@dotnet build OrleansDaap.sln $(DOTNET_FLAGS)

run: silo tools ## Build and serve on http://127.0.0.1:8080; ARGS="--Daap:DataDirectory=…" for settings
	@dotnet build $(SERVER) $(DOTNET_FLAGS)
	@exec dotnet $(SERVER)/bin/$(CONFIGURATION)/net10.0/OrleansDaap.Server.dll $(ARGS)

test: silo test-tools ## Run every test on real PostgreSQL; ends with "N passed, N failed"
	@dotnet build OrleansDaap.sln $(DOTNET_FLAGS)
	@tests/run-tests.sh $(CONFIGURATION)

soak: silo tools ## Run the tests that have long forms, in these: random lives, many rounds of races and kills
	@dotnet build OrleansDaap.sln $(DOTNET_FLAGS)
	@DAAP_SOAK=1 HANG_TIMEOUT=60m tests/run-tests.sh $(CONFIGURATION) Category=Soak

bench: silo tools ## Measure speed and memory as ratios, side by side in one run
	@dotnet build tests/OrleansDaap.Benchmarks $(DOTNET_FLAGS)
	@dotnet tests/OrleansDaap.Benchmarks/bin/$(CONFIGURATION)/net10.0/OrleansDaap.Benchmarks.dll $(ARGS)

format: ## Put the code into its house style; CHECK=1 only says what differs
	@dotnet format OrleansDaap.sln $(if $(CHECK),--verify-no-changes)

clean: ## Remove everything that was built; data stays
	@find src tests -type d \( -name bin -o -name obj -o -name node_modules \) -prune -exec rm -rf {} +

cluster-up: ## Start a Kubernetes cluster on this machine with k3d (needs docker, k3d and kubectl)
	@deploy/k3d/k3d.sh up

cnpg-install: ## Install CloudNativePG, its Barman Cloud plugin, cert-manager and an S3 store there
	@deploy/k3d/k3d.sh install

deploy: ## Build the server's image on Orleans and run it there; SILO=Embedded for one replica on the embedded silo
	@SILO=$(if $(filter file,$(origin SILO)),Orleans,$(SILO)) deploy/k3d/k3d.sh deploy

cluster-down: ## Delete that cluster and everything in it
	@deploy/k3d/k3d.sh down

# What cannot be built is said in one sentence, not in the many of a failed restore.
silo:
	@case "$(SILO)" in \
	  Embedded) ;; \
	  Orleans) dotnet restore $(SERVER) -p:Silo=Orleans --nologo -v quiet >/dev/null 2>&1 || \
	    { echo "SILO=Orleans needs the Microsoft.Orleans packages, and NuGet's registries here do not have them; SILO=Embedded, the default, needs none." >&2; exit 1; } ;; \
	  *) echo "SILO is Embedded or Orleans, not $(SILO)." >&2; exit 1 ;; \
	esac

tools:
	@deploy/install-tools.sh

test-tools:
	@deploy/install-tools.sh tests
