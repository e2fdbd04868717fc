# Two commands are all a stranger needs: `make site` and `make test`. `make help` lists the rest.

# Other places for what is made: make site VENV=/tmp/venv BUILD=/tmp/build SITE=/srv/atlas
VENV ?= .venv
PYTHON := $(VENV)/bin/python
ATLAS := $(VENV)/bin/exosome-atlas
ifdef BUILD
export ATLAS_BUILD := $(abspath $(BUILD))
endif
export ATLAS_VENV := $(VENV)
export PYTHONPATH := .
# More words for pytest: make test PYTEST_ARGS="-k search"
PYTEST_ARGS ?=
PYTEST := $(PYTHON) -m pytest -o cache_dir=$(if $(BUILD),$(abspath $(BUILD)),build)/pytest \
  --numprocesses auto --maxprocesses 4 --dist loadfile
BROWSER_TESTS := tests/browser

.PHONY: help site serve test test-fast fuzz mutants check check-zensical bench bench-extract bench-growth bench-review bench-read bench-search bench-site bench-renewal lock release clean site-env test-env
.DELETE_ON_ERROR:

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

site: site-env ## read the papers and publish them to site/
	$(ATLAS) extract
	$(ATLAS) build $(if $(SITE),--out $(SITE))

serve: site-env ## preview, reloading the browser on every change
	$(ATLAS) serve

test: test-env ## run every test, those in a browser included
	.ci/get-test-programs
	$(PYTEST) $(PYTEST_ARGS)

test-fast: test-env ## run the tests that need neither a browser nor minutes
	.ci/get-test-programs --no-browser
	$(PYTEST) --ignore $(BROWSER_TESTS) -m "not slow" $(PYTEST_ARGS)

fuzz: test-env ## kill 250 commands at any moment; read 10,000 mutated papers, files and answers (others: MUTATIONS_FROM=N)
	$(PYTHON) tests/fuzz/kill.py --kills 250
	MUTATIONS=10000 $(PYTHON) -m pytest -q tests/readers/test_mutations.py tests/fuzz/test_hand_kept.py

mutants: test-env ## change the program in one place at a time; print what no test notices
	$(PYTHON) tests/fuzz/mutants.py --sample $(or $(SAMPLE),30)

check: test-env ## check style, types, content/ and that the site builds
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	$(PYTHON) .ci/check_packages.py requirements-dev.lock
	$(ATLAS) check
	$(ATLAS) build

check-zensical: test-env ## build the same pages with Zensical and compare the addresses
	.ci/make-venv .ci/requirements/zensical.txt build/env/zensical
	$(PYTHON) bench/compare_zensical.py

bench: bench-site bench-renewal ## measure each stage as a share of bare MkDocs, and what a change renews

bench-growth: test-env ## measure extraction: a paper, ten times the terms, a hundred times the text
	$(PYTHON) bench/extract.py

bench-site: test-env ## measure pages, files, bytes and seconds: make bench-site PAPERS="100 1000"
	$(PYTHON) bench/site.py $(PAPERS)

bench-renewal: test-env ## count the pages that a changed word, definition, template or line of CSS renews
	$(PYTHON) bench/site.py --renewed

bench-search: test-env site ## measure the search beside the theme's own, today and at 10,000 pages
	$(PYTHON) bench/search.py

bench-review: test-env ## measure search and include against a local server: make bench-review FILES="a.xml b.xml"
	$(PYTHON) bench/bench_review.py $(FILES)

bench-extract: test-env ## measure the reading of 1,000 made-up papers, and of one that changed
	$(PYTHON) bench/bench_extract.py

bench-read: test-env ## compare the reading of JATS with pubmed_parser: make bench-read FILES="a.xml b.xml"
	.ci/make-venv .ci/requirements/bench.txt build/env/bench
	$(PYTHON) bench/read.py $(FILES)

lock: ## renew the hash-locked requirements
	.ci/lock

release: ## freeze a release: make release VERSION=1.2.0
	@test -n "$(VERSION)" || { echo "Please give the version of the release: make release VERSION=1.2.0" >&2; exit 2; }
	@$(MAKE) --no-print-directory site-env
	$(ATLAS) extract
	$(ATLAS) check
	$(ATLAS) release $(VERSION)

clean: ## remove all that was built, but not .venv/
	rm -rf build site .site-new .site-old .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Both do nothing where .venv/ holds, whole, what the lock names.
site-env:
	@.ci/make-venv requirements.lock $(VENV)

test-env:
	@.ci/make-venv requirements-dev.lock $(VENV)
	@.ci/get-pips
