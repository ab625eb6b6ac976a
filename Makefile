# make run    from a fresh clone to the page on http://127.0.0.1:8000
# make test   from a fresh clone to all tests
#
# Everything is installed into .venv from requirements.lock. PyTorch is taken from PIP_FIND_LINKS where a
# CPU build lies there, else as TORCH_BACKEND says (cpu, cu128, auto ...: the values of uv's --torch-backend).

PYTHON ?= python3
TORCH_BACKEND ?= cpu
INDEX ?= index
HOST ?= 127.0.0.1
PORT ?= 8000
SETS ?= drcd cmrc ncp cail stard

BIN := .venv/bin
UV_VERSION := 0.13.9
LOCAL_TORCH := $(foreach folder,$(PIP_FIND_LINKS),$(wildcard $(folder)/torch-*+cpu-*.whl))
TORCH_OPTION := $(if $(LOCAL_TORCH),--find-links $(PIP_FIND_LINKS),--torch-backend $(TORCH_BACKEND))
export UV_NO_PROGRESS = 1

.PHONY: run test setup index serve check format lint types eval eval-sets peers bench bench-ingest bench-pages lighthouse lock chromium axe postgresql office screenshots clean

run: index serve

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0] + "; set PYTHON=...")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --python $(BIN)/python $(TORCH_OPTION) -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@# Compiled once here, so that commands start at once also where Python may not write byte code.
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c 'import ingest.build, ingest.commands.ask, ingest.commands.ingest, service.app'
	@touch $@

index: setup
	$(BIN)/kb ingest corpus --index $(INDEX)

serve: setup
	$(BIN)/kb serve --index $(INDEX) --host $(HOST) --port $(PORT)

test: setup chromium axe postgresql office
	$(BIN)/python -m pytest

check: setup chromium axe postgresql office format lint types
	$(BIN)/kb eval gate
	$(BIN)/python -m pytest

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

# The corpus's own questions against evals/baselines.toml.
eval: setup
	$(BIN)/kb eval gate

# Other systems on the same questions, each in its own environment.
PEER_SETS ?= policy
peers: setup
	@for peer in llama_index langchain haystack chroma txtai; do \
	  [ -x build/peers/$$peer/bin/python ] || { echo "installing $$peer"; \
	    $(BIN)/uv venv -q --python $(BIN)/python build/peers/$$peer && \
	    $(BIN)/uv pip install -q --link-mode copy --python build/peers/$$peer/bin/python $(TORCH_OPTION) -r evals/peers/requirements/$$peer.txt; } || exit 1; \
	done
	$(BIN)/python -m evals.peers $(PEER_SETS)

# The benchmark sets, where they lie beside the project.
eval-sets: setup
	$(BIN)/kb eval $(SETS) --report build/eval/report.html

bench: setup index
	$(BIN)/python -m evals.bench --index $(INDEX)
	$(BIN)/python -m evals.eligibility --index $(INDEX)

# Reading files whose text is known.
bench-ingest: setup chromium
	$(BIN)/python -m evals.ingest_bench

# The pages in a real browser.
bench-pages: setup chromium lighthouse
	$(BIN)/python -m evals.page_bench

# Without npm the table says that Lighthouse did not run.
LIGHTHOUSE_VERSION := 12.8.2
lighthouse: build/lighthouse/node_modules/.bin/lighthouse
build/lighthouse/node_modules/.bin/lighthouse:
	@mkdir -p build/lighthouse
	@if ! command -v npm >/dev/null || ! npm install --silent --no-audit --no-fund --prefix build/lighthouse lighthouse@$(LIGHTHOUSE_VERSION); then \
	  echo "lighthouse was not installed (it needs npm)" >&2; \
	fi

# The browser tests drive Debian's Chromium; CJK fonts make its pages and printed files readable.
chromium:
	@if ! command -v chromium >/dev/null || ! fc-list :lang=zh-cn 2>/dev/null | grep -q .; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "installing chromium and fonts-noto-cjk"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null; \
	  else \
	    echo "the browser tests need chromium and a Chinese font: install the packages chromium and fonts-noto-cjk (as root: apt-get install chromium fonts-noto-cjk)" >&2; exit 1; \
	  fi; \
	fi

# Accessibility rules for the browser tests; without npm those tests are skipped and say so.
AXE_VERSION := 4.14.1
axe: build/axe/node_modules/axe-core/axe.min.js
build/axe/node_modules/axe-core/axe.min.js:
	@mkdir -p build/axe
	@if ! command -v npm >/dev/null || ! npm install --silent --no-audit --no-fund --prefix build/axe axe-core@$(AXE_VERSION); then \
	  echo "axe-core was not installed: the accessibility tests are skipped (they need npm)" >&2; \
	fi

# The storage tests run on PostgreSQL too; without it they are skipped and say so.
postgresql:
	@if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "installing postgresql"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null || true; \
	  else \
	    echo "the storage tests on PostgreSQL are skipped: install the package postgresql" >&2; \
	  fi; \
	fi

# Older office files are read through LibreOffice; without it those tests are skipped and say so.
office:
	@if ! command -v soffice >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "installing libreoffice"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui >/dev/null || true; \
	  else \
	    echo "the tests of older office files are skipped: install the packages libreoffice-writer-nogui and libreoffice-calc-nogui" >&2; \
	  fi; \
	fi

screenshots: setup chromium index
	$(BIN)/python tests/screenshots.py $(INDEX)

lock:
	$(BIN)/uv pip compile pyproject.toml --group dev --python-version 3.11 --no-header --no-emit-index-url --no-annotate --upgrade $(TORCH_OPTION) -o requirements.lock
	sed -i 's/^\(torch==[0-9.]*\)+cpu$$/\1/' requirements.lock

clean:
	rm -rf .venv build $(INDEX)
