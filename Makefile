# SPDX-License-Identifier: GPL-3.0-or-later
# Everything is installed into .venv in this folder; all other files are written to .dev and build.

PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Without the tests that generate many examples.
QUICK := -m 'not hypothesis' --ignore tests/unit/plugins/module_utils/_core/delivery_policy/test_policy_agreement.py
# Tests that run the plugins in their own process, where coverage is measured.
COVERED := tests/unit/plugins tests/unit/meta/test_permissions.py tests/integration/test_s3_flow_log_scenarios.py \
  tests/integration/test_s3_flow_log_info.py $(wildcard tests/integration/test_flow_log_*.py)
# Rules are pure functions, so tests can reach every line and branch; the rest calls AWS and Ansible.
RULES := plugins/module_utils/_core/**,plugins/plugin_utils/**
NO_RULES := plugins/plugin_utils/_discovery/reader.py,plugins/plugin_utils/_action/**
SHELL_OF_RULES := $(NO_RULES),plugins/module_utils/_aws/**,plugins/module_utils/_run/**,plugins/modules/**,plugins/filter/**,plugins/inventory/**,plugins/action/**
# Neither read nor write the caller's own settings, collections, caches and temporary files.
export ANSIBLE_CONFIG := $(CURDIR)/tools/ansible.cfg
export ANSIBLE_REMOTE_TMP := $(CURDIR)/.dev/ansible/tmp
export XDG_CACHE_HOME := $(CURDIR)/.dev/cache

.DEFAULT_GOAL := help
.PHONY: help demo sandbox test release-test bench molecule quick coverage matrix lint types doclint docs format sanity build importer check setup pins picture variables clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1@\2/p' Makefile | column -t -s @

demo: ## show the collection on a simulated fleet of accounts; needs no AWS account
	@$(PYTHON) tools/dev.py setup demo
	@.venv/bin/python demo/demo.py

sandbox: ## simulate AWS for an inventory of your own (INVENTORY=path), until Ctrl-C; needs no AWS account
	@$(PYTHON) tools/dev.py setup demo
	@.venv/bin/python -m demo.sandbox -i "$(or $(INVENTORY),$(error Type: make sandbox INVENTORY=path/to/inventory))"

test: setup ## run the tests, and fail if all processes together take more than 2 GiB of memory
	.venv/bin/python -m pytest -n 2 -p tools.peak_memory --memory-limit 2048

release-test: setup ## run the slow tests: README, demo, molecule, AWX, packaging, browser, large fleets
	.venv/bin/python -m pytest -n 2 tests/release

quick: setup ## run the quick tests: the logic and the project's own rules, in less than a minute
	.venv/bin/python -m pytest -n 2 $(QUICK) tests/unit/meta tests/unit/plugins tests/unit/tools

coverage: setup ## list the lines and branches that the tests in one process do not reach
	# Coverage makes Python slower, so `make test` runs the tests of CPU time.
	.venv/bin/python -m pytest -n 2 --hypothesis-seed=0 --cov --cov-report= -k "not are_fast and not is_fast" $(COVERED)
	.venv/bin/python -m coverage report --include='$(RULES)' --omit='$(NO_RULES)' --fail-under=100
	.venv/bin/python -m coverage report --include='$(SHELL_OF_RULES)' --fail-under=90

matrix: ## run the unit tests, some playbooks and the quick start with the oldest, newest and other supported versions
	$(PYTHON) tools/matrix.py $(CELLS)

molecule: setup ## run only the molecule scenarios of the role
	HOME="$(CURDIR)/.dev/home" .venv/bin/molecule test --all

bench: ## measure speed and scale, and write them into the guide (BENCH=wide: many accounts; BENCH=quick: small, print only)
	@$(PYTHON) tools/dev.py setup-bench
	.venv/bin/python -m tests.bench $(or $(BENCH),full)

lint: setup ## check format, names, licenses, Ansible style and the changelog
	$(PYTHON) tools/dev.py lint
	HOME="$(CURDIR)/.dev/home" .venv/bin/ansible-lint
	.venv/bin/antsibull-changelog lint

types: setup ## check the types of the plugins
	$(PYTHON) tools/dev.py types

doclint: setup ## check the documentation of plugins, roles and guides
	$(PYTHON) tools/dev.py doclint

format: setup ## format the Python code
	.venv/bin/python -m black --quiet .

sanity: setup ## run ansible-test sanity
	$(PYTHON) tools/dev.py ansible-test sanity

build: setup ## build the collection's archive into build/
	$(PYTHON) tools/dev.py build

importer: setup ## check the archive as Ansible Galaxy does on import
	$(PYTHON) tools/dev.py importer

docs: setup ## build the documentation site into build/docs
	$(PYTHON) tools/dev.py docs

check: lint types doclint sanity build importer coverage release-test test ## run all checks and tests, as CI does

setup: ## install the tools into .venv
	@$(PYTHON) tools/dev.py setup dev

pins: ## pin the newest versions of the requirements (needs uv)
	$(PYTHON) tools/dev.py pins

picture: setup ## update the picture of the drift report in the README
	.venv/bin/python -m tools.picture

variables: setup ## update the page with all variables
	.venv/bin/python -m tools.variables --write

clean: ## remove everything that was installed or built
	rm -rf .venv .dev build .pytest_cache .hypothesis .ansible
