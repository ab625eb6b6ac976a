# make run    from a fresh clone to the page on http://127.0.0.1:8000
# make test   from a fresh clone to all tests
#
# Everything is installed into .venv, by uv from where pip is told to look (tools/uv_pip.py): from requirements.lock what serving
# needs, and from requirements-dev.lock what tests, training and models of others need beside it. There PyTorch is taken from
# PIP_FIND_LINKS where a CPU build for this Python lies there, else as TORCH_BACKEND says (cpu, cu128, auto ...: the values of uv's
# --torch-backend; empty: from the same index as everything else).

PYTHON ?= python3
TORCH_BACKEND ?= cpu
INDEX ?= index
HOST ?= 127.0.0.1
PORT ?= 8000
SETS ?= drcd cmrc ncp cail stard

BIN := .venv/bin
UV_VERSION := 0.13.9
UV_PIP := $(BIN)/python tools/uv_pip.py
PYTHON_TAG := $(shell $(PYTHON) -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
LOCAL_TORCH := $(foreach folder,$(PIP_FIND_LINKS),$(wildcard $(folder)/torch-*+cpu-$(PYTHON_TAG)-*.whl))
TORCH_OPTION := $(if $(LOCAL_TORCH),--find-links $(PIP_FIND_LINKS),$(addprefix --torch-backend ,$(TORCH_BACKEND)))
export UV_NO_PROGRESS = 1

.PHONY: api-docs docs javascript system run test test-postgresql coverage setup index serve check format lint types gate eval eval-sets peers bench bench-ingest bench-pages bench-scale load chaos wheels lighthouse lock chromium office archives axe screenshots icons clean

run: index serve

setup: .venv/.complete

.venv/.ready: requirements.lock pyproject.toml Makefile tools/uv_pip.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0] + "; set PYTHON=...")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(UV_PIP) install --quiet --python $(BIN)/python -r requirements.lock
	$(UV_PIP) install --quiet --python $(BIN)/python --no-deps --editable .
	@# Compiled once here, so that commands start at once also where Python may not write byte code.
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c 'import cli.main, cli.ask, cli.ingest, ingest.build, service.app'
	@touch $@

.venv/.complete: .venv/.ready requirements-dev.lock
	$(UV_PIP) install --quiet --python $(BIN)/python $(TORCH_OPTION) -r requirements-dev.lock
	@touch $@

index: .venv/.ready
	$(BIN)/kb ingest corpus --index $(INDEX)

serve: .venv/.ready
	$(BIN)/kb serve --index $(INDEX) --host $(HOST) --port $(PORT)

# A file of tests on each processor; `pytest FILE` runs one alone.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile

test: setup system axe
	$(PYTEST)

# The tests of the service with PostgreSQL where a SQLite file is the default; what starts services of its own keeps to SQLite.
ON_POSTGRESQL := $(addprefix tests/test_,$(addsuffix .py,accounts attacks audit backup below_a_path eligibility_served embedding http_contract kept_questions mcp observation open_id openai_interface page_pictures provenance publication register service service_limits service_safety service_storage tracing typeahead))
test-postgresql: setup system
	$(PYTEST) -p on_postgresql $(ON_POSTGRESQL)

# Which lines and branches the tests run: a table here, every line in build/coverage/index.html. It takes about half as long again.
coverage: setup system axe
	$(PYTEST) --cov --cov-report term --cov-report html

# What needs no more than one processor runs beside what measures; the tests come last and alone.
check: setup system axe
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target gate format lint types javascript
	$(PYTEST)

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

# The scripts of the pages: linted by Biome, their JSDoc types checked by TypeScript. Nothing is compiled; the pages serve them as they are.
BIOME_VERSION := 2.6.8
TYPESCRIPT_VERSION := 7.0.2
JAVASCRIPT := build/javascript-$(BIOME_VERSION)-$(TYPESCRIPT_VERSION)
javascript: $(JAVASCRIPT)/node_modules/.bin/tsc
	$(JAVASCRIPT)/node_modules/.bin/biome lint --error-on-warnings service/web/*.js
	$(JAVASCRIPT)/node_modules/.bin/tsc -p tools/javascript/tsconfig.json

$(JAVASCRIPT)/node_modules/.bin/tsc:
	@command -v npm >/dev/null || { echo "the scripts of the pages are checked with tools from npm: install Node.js 20 or later with npm (everything else works without)" >&2; exit 1; }
	@mkdir -p $(JAVASCRIPT)
	npm install --silent --no-audit --no-fund --prefix $(JAVASCRIPT) @biomejs/biome@$(BIOME_VERSION) typescript@$(TYPESCRIPT_VERSION)

# The corpus's own questions against evals/baselines.toml: those that one may look at while one works, or all.
gate: setup
	$(BIN)/kb eval gate --split dev

eval: setup
	$(BIN)/kb eval gate

# Other systems on the same questions, each in its own environment.
PEER_SETS ?= policy
peers: setup
	@for peer in llama_index langchain haystack chroma txtai; do \
	  [ -x build/peers/$$peer/bin/python ] || { echo "installing $$peer"; \
	    $(BIN)/uv venv -q --python $(BIN)/python build/peers/$$peer && \
	    $(UV_PIP) install -q --link-mode copy --python build/peers/$$peer/bin/python $(TORCH_OPTION) -r evals/peers/requirements/$$peer.txt; } || exit 1; \
	done
	$(BIN)/python -m evals.peers $(PEER_SETS)

# The benchmark sets, where they lie beside the project.
eval-sets: setup
	$(BIN)/kb eval $(SETS) --report build/eval/report.html

bench: setup index
	$(BIN)/python -m evals.bench --index $(INDEX)
	$(BIN)/python -m evals.eligibility_bench --index $(INDEX)
	$(BIN)/python -m evals.day_bench

# Reading files whose text is known.
bench-ingest: setup chromium
	$(BIN)/python -m evals.ingest_bench

# The pages in a real browser.
bench-pages: setup chromium lighthouse
	$(BIN)/python -m evals.page_bench

# What an index of many passages costs, over the laws beside the project, and whether an index in Milvus answers alike.
PASSAGES ?= 250000
bench-scale: setup
	$(BIN)/python -m evals.scale_bench --passages $(PASSAGES)
	$(BIN)/python -m evals.store_overlap

# The service under load, about twenty minutes; SECONDS=10 makes every phase ten seconds long. What is measured is written to build/load.json.
SECONDS ?= 60
load: setup
	$(BIN)/python -m evals.load --seconds $(SECONDS)

# kill -9, a disk that is taken away, random requests: about half an hour; TIMES=20 kills twenty times.
TIMES ?= 200
chaos: setup
	$(BIN)/python -m evals.chaos --times $(TIMES)

# All that serving needs in build/offline.tar, for a machine without a network; WHEELS="--python-version 3.12 --platform manylinux_2_28_aarch64" for another one.
wheels: .venv/.ready
	$(BIN)/python tools/wheels.py $(WHEELS)

# Without npm the table says that Lighthouse did not run.
LIGHTHOUSE_VERSION := 12.8.2
lighthouse: build/lighthouse/node_modules/.bin/lighthouse
build/lighthouse/node_modules/.bin/lighthouse:
	@mkdir -p build/lighthouse
	@if ! command -v npm >/dev/null || ! npm install --silent --no-audit --no-fund --prefix build/lighthouse lighthouse@$(LIGHTHOUSE_VERSION); then \
	  echo "lighthouse was not installed (it needs npm)" >&2; \
	fi

# What the tests need beside .venv. What will be installed is said first, so that there is time to stop it.
system:
	@tools/system_packages.sh chromium postgresql office archives

chromium office archives:
	@tools/system_packages.sh $@

# Accessibility rules for the browser tests; without npm those tests are skipped and say so.
AXE_VERSION := 4.14.1
axe: build/axe/node_modules/axe-core/axe.min.js
build/axe/node_modules/axe-core/axe.min.js:
	@mkdir -p build/axe
	@if ! command -v npm >/dev/null || ! npm install --silent --no-audit --no-fund --prefix build/axe axe-core@$(AXE_VERSION); then \
	  echo "axe-core was not installed: the accessibility tests are skipped (they need npm)" >&2; \
	fi

screenshots: setup chromium index
	$(BIN)/python tests/screenshots.py $(INDEX)

# The icons of the installed pages, from service/web/icon.svg.
icons: setup chromium
	PYTHONPATH=. $(BIN)/python tools/icons.py

# docs/api.md from the routes themselves.
api-docs: setup
	PYTHONPATH=. $(BIN)/python tools/api_docs.py

# docs/ as a site in build/site, to be opened in a browser or put on any web server.
docs: setup
	$(BIN)/mkdocs build --strict --quiet

# The second holds all of the first in the same versions, so that one environment can become the other.
COMPILE := $(UV_PIP) compile pyproject.toml --python-version 3.11 --no-header --no-emit-index-url --no-annotate
lock:
	$(COMPILE) --upgrade -o requirements.lock
	$(COMPILE) --upgrade --extra models --extra milvus --extra oidc --extra ray --extra telemetry --group dev --constraints requirements.lock $(TORCH_OPTION) -o requirements-dev.lock
	sed -i 's/^\(torch==[0-9.]*\)+cpu$$/\1/' requirements-dev.lock

clean:
	rm -rf .venv build $(INDEX)
