# Everything needs Python 3.11 or newer and make; the rest is set up here, in .venv, when it is first needed.
#
#   make chat     talk to the bot
#   make test     every test: ruff, mypy, pytest
#   make help     the other targets

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# The stamps: touched when all of a set is installed, out of date when pyproject.toml is newer.
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
WEB := $(VENV)/.installed-web
BENCH := $(VENV)/.installed-bench
# Clients of the web server that npm brings, for its tests.
CLIENTS := tests/clients/node_modules/.installed
# What the tests need that neither pip nor npm bring: each program with its Debian package.
PROGRAMS := tmux:tmux chromium:chromium redis-server:redis-server node:nodejs npm:npm

# A checkout that was moved or copied needs its environment anew.
ifneq ($(shell cat $(VENV)/.where 2>/dev/null),$(CURDIR))
$(shell rm -f $(RUN) $(DEV) $(WEB) $(BENCH))
endif

# Progress goes to standard error, and set-up reads nothing: `echo hello | make chat` prints a reply and nothing else.
say = @echo "$(1)" >&2

.DEFAULT_GOAL := help
.PHONY: help chat serve check test lint pytest score voices mutate figures bench bench-retrieval bench-web weights folds stems schema picture flags clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 24

chat: $(RUN) ## talk to the bot
	@$(BIN)/spinebot chat $(ARGS)

serve: $(WEB) ## answer over HTTP: an API, the protocols of existing clients, a chat window for web pages
	@$(BIN)/spinebot serve $(ARGS)

check: $(RUN) ## every fault of corpus/ and intents.yaml, with file and line
	@$(BIN)/spinebot check $(ARGS)

test: lint pytest ## every test: ruff, mypy, pytest

lint: $(DEV) ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/mypy

pytest: $(DEV) $(CLIENTS)
	@$(call need,$(PROGRAMS))
	@$(BIN)/python -m pytest $(ARGS)

score: $(RUN) ## score the bot on the question files beside the repository
	@if [ -f ../shared/eval/score.py ]; then \
		$(BIN)/python ../shared/eval/score.py --bot "$(BIN)/spinebot chat --json" --article ../shared/article.txt $(ARGS) ../shared/eval/*.jsonl; \
	else echo "make score: no question files here (../shared/eval is missing)"; fi

voices: $(RUN) ## pass rates on the question files of tests/voices
	@$(BIN)/python scripts/voices.py $(ARGS)

mutate: $(RUN) ## take each safety rule away in turn: does a test notice?
	@$(BIN)/python scripts/mutate.py $(ARGS)

bench: $(RUN) ## the time of a turn, of starting up, of the first prompt, of scripted conversations, and peak memory
	@$(BIN)/python benchmarks/prompt.py
	@$(BIN)/python benchmarks/turn.py $(ARGS)
	@$(BIN)/python benchmarks/scripts.py

bench-retrieval: $(BENCH) ## the search beside bare BM25 on the question files
	@$(BIN)/python benchmarks/retrieval.py $(ARGS)

bench-web: $(WEB) ## replies a second over HTTP, beside a bare endpoint of the same framework
	@$(BIN)/python benchmarks/web.py $(ARGS)

weights: $(DEV) ## learn weights.tsv and alarms.tsv anew from the labelled messages
	@$(BIN)/python scripts/learn.py --out $(VENV)
	@mv $(VENV)/weights.tsv $(VENV)/alarms.tsv .

folds: $(DEV) ## pass rates on the tune voices, each answered by weights learned without it
	@$(BIN)/python scripts/folds.py $(ARGS)

stems: $(RUN) ## write src/spinebot/stems.txt anew
	@$(BIN)/python scripts/stems.py

schema: $(RUN) ## write intents.schema.json and chat.schema.json anew
	@$(BIN)/python -m spinebot.schema > $(VENV)/schema.json
	@mv $(VENV)/schema.json intents.schema.json
	@$(BIN)/python -m spinebot.testing.script_schema > $(VENV)/schema.json
	@mv $(VENV)/schema.json chat.schema.json

picture: $(DEV) ## write the conversations of README.md and the pictures of docs/ anew
	@$(call need,tmux:tmux chromium:chromium)
	@$(BIN)/python scripts/picture.py
	@$(BIN)/python scripts/widget_picture.py
	@$(BIN)/python scripts/report_picture.py

flags: $(RUN) ## write docs/red-flags.md anew
	@$(BIN)/python scripts/red_flags.py

clean: ## remove the environment and all caches
	rm -rf $(VENV) tests/clients/node_modules dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

$(RUN): pyproject.toml
	@$(environment)
	$(call say,Installing spinebot ...)
	@$(PIP) --editable . </dev/null >&2
	@touch $@

$(DEV): pyproject.toml
	@$(environment)
	$(call say,Installing spinebot and the tools that test it ...)
	@$(PIP) --editable '.[dev]' </dev/null >&2
	@touch $(RUN) $(WEB) $@

$(WEB): pyproject.toml
	@$(environment)
	$(call say,Installing spinebot and its web server ...)
	@$(PIP) --editable '.[web]' </dev/null >&2
	@touch $(RUN) $@

$(CLIENTS): tests/clients/package.json tests/clients/package-lock.json | $(DEV)
	@$(call need,$(PROGRAMS))
	$(call say,Installing the clients that test the web server ...)
	@cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2 || { \
		echo "npm could not install the clients that test the web server, from tests/clients/package-lock.json; it needs the registry of npm." >&2; exit 1; }
	@touch $@

$(BENCH): pyproject.toml
	@$(environment)
	$(call say,Installing spinebot and the searches that it is compared with ...)
	@$(PIP) --editable '.[bench]' </dev/null >&2
	@touch $(RUN) $@

# Makes .venv where there is none, or none that works here.
define environment
if [ -z "$(PYTHON)" ]; then \
	echo "spinebot needs Python 3.11 or newer, and none was found (python3 is: $$(python3 --version 2>&1 || true))." >&2; \
	echo "Install one from https://www.python.org/downloads/, or name it: make PYTHON=/path/to/python3.11 chat" >&2; \
	exit 1; \
fi; \
"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "spinebot needs Python 3.11 or newer; $(PYTHON) is: $$("$(PYTHON)" --version 2>&1)" >&2; exit 1; }; \
where="$$(cat $(VENV)/.where 2>/dev/null)"; \
if [ "$${where:-$(CURDIR)}" != "$(CURDIR)" ] || ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	echo "Setting up $(VENV) with $$("$(PYTHON)" --version) ..." >&2; \
	"$(PYTHON)" -m venv --clear $(VENV) </dev/null >&2 || { \
		echo "Python's venv module does not work here; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
fi; \
printf '%s\n' "$(CURDIR)" > $(VENV)/.where
endef

# need PROGRAM:PACKAGE ...: programs that pip can't bring, all that are missing at once from Debian's packages, where that is possible.
define need
lacking() { for one in $(1); do command -v "$${one%:*}" >/dev/null || printf ' %s' "$$one"; done; }; \
names() { for one in $$(lacking); do printf ' %s' "$${one%:*}"; done; }; \
packages="$$(for one in $$(lacking); do printf ' %s' "$${one#*:}"; done)"; \
if [ -n "$$packages" ]; then \
	echo "Installing$$(names) ..." >&2; \
	get="env DEBIAN_FRONTEND=noninteractive apt-get -qq"; test "$$(id -u)" = 0 || get="sudo -n $$get"; \
	{ $$get install -y --no-install-recommends $$packages || { $$get update && $$get install -y --no-install-recommends $$packages; }; } \
		</dev/null >$(VENV)/apt.log 2>&1; \
	test -z "$$(lacking)" || { \
		echo "The tests need$$(names), which could not be installed ($(VENV)/apt.log says why). On Debian and Ubuntu: sudo apt install$$packages" >&2; exit 1; }; \
fi
endef

figures: $(RUN) ## measure safety anew, into docs/safety.md
	@$(BIN)/python scripts/safety_figures.py --write $(ARGS)
