# Two commands are all a stranger needs: `make site` and `make test`. `make help` lists the rest.

PYTHON := .venv/bin/python
export PYTHONPATH := .
SITE_ENV := .venv/site.stamp
TEST_ENV := .venv/test.stamp
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes --no-config --no-emit-index-url --no-annotate --no-header

.PHONY: help site serve test check check-citation check-zensical bench bench-extract bench-growth bench-read bench-search lock release clean
.DELETE_ON_ERROR:

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

site: $(SITE_ENV) ## read the papers and publish them to site/
	$(PYTHON) -m builder extract
	$(PYTHON) -m builder build

serve: $(SITE_ENV) ## preview, reloading the browser on every change
	$(PYTHON) -m builder serve

test: $(TEST_ENV) ## run every test, those in a browser included
	.ci/get-chromium
	$(PYTHON) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: $(TEST_ENV) ## check style, types, content/ and that the site builds
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	$(PYTHON) -m builder check
	$(PYTHON) -m builder build

check-citation: $(TEST_ENV) ## check CITATION.cff with cffconvert
	.ci/check-citation

check-zensical: $(TEST_ENV) ## build the same pages with Zensical and compare the addresses
	$(PYTHON) bench/compare_zensical.py

bench: $(TEST_ENV) ## measure each stage, and 300 and 3,000 synthetic pages
	$(PYTHON) bench/bench.py

bench-growth: $(TEST_ENV) ## measure extraction: a paper, ten times the terms, a hundred times the text
	$(PYTHON) bench/extract.py

bench-search: $(TEST_ENV) site ## measure the search beside the theme's own, today and at 10,000 pages
	$(PYTHON) bench/search.py

bench-extract: $(TEST_ENV) ## measure the reading of 1,000 made-up papers, and of one that changed
	$(PYTHON) bench/bench_extract.py

bench-read: $(TEST_ENV) ## compare the reading of JATS with pubmed_parser: make bench-read FILES="a.xml b.xml"
	.venv/bin/uv pip install --quiet --target build/bench-read --group bench
	$(PYTHON) bench/read.py $(FILES)

lock: $(TEST_ENV) ## renew the hash-locked requirements
	$(LOCK) pyproject.toml --upgrade --output-file requirements.lock
	echo cffconvert | $(subst --only-binary :all:,,$(LOCK)) - --upgrade --output-file .ci/requirements-cff.lock
	$(LOCK) pyproject.toml --upgrade --extra test --constraint requirements.lock --output-file requirements-dev.lock

release: $(SITE_ENV) ## freeze a release: make release VERSION=1.2.0
	$(PYTHON) -m builder extract
	$(PYTHON) -m builder check
	$(PYTHON) -m builder release $(VERSION)

clean: ## remove all that was built, but not .venv/
	rm -rf build site .site-new .site-old .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(SITE_ENV): requirements.lock
	.ci/make-venv requirements.lock
	touch $@

$(TEST_ENV): requirements-dev.lock
	.ci/make-venv requirements-dev.lock
	touch $@ $(SITE_ENV)
