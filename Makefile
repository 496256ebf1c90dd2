# SPDX-License-Identifier: GPL-3.0-or-later
# Everything is installed into .venv in this folder, and everything else that is written goes to .dev and build.

PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Neither read nor write what the caller keeps at home: settings, other collections, caches, temporary files.
export ANSIBLE_CONFIG := $(CURDIR)/tools/ansible.cfg
export ANSIBLE_REMOTE_TMP := $(CURDIR)/.dev/ansible/tmp
export XDG_CACHE_HOME := $(CURDIR)/.dev/cache

.DEFAULT_GOAL := help
.PHONY: help demo test lint format sanity build check setup pins picture clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1@\2/p' Makefile | column -t -s @

demo: ## show the collection at work on a simulated fleet of accounts; needs no AWS account
	@$(PYTHON) tools/dev.py setup demo
	@.venv/bin/python demo/demo.py

test: setup ## run every test
	.venv/bin/python -m pytest -n 2

lint: setup ## check format, Ansible style and the changelog
	.venv/bin/python -m black --check --quiet --diff .
	HOME="$(CURDIR)/.dev/home" .venv/bin/ansible-lint
	.venv/bin/antsibull-changelog lint

format: setup ## format the Python code
	.venv/bin/python -m black --quiet .

sanity: setup ## run ansible-test sanity
	$(PYTHON) tools/dev.py ansible-test sanity

build: setup ## build the collection's archive into build/
	$(PYTHON) tools/dev.py build

check: lint sanity build test ## run all checks and tests, as CI does

setup: ## install the tools into .venv
	@$(PYTHON) tools/dev.py setup dev

pins: ## pin the newest versions of the requirements (needs uv)
	$(PYTHON) tools/dev.py pins

picture: setup ## renew the picture of the drift report in the README
	.venv/bin/python -m tools.picture

clean: ## remove everything that was installed or built here
	rm -rf .venv .dev build .pytest_cache .hypothesis .ansible
