# What a developer types. Everything works from a clean clone on a machine with only Python 3.11+.

PORT ?= 8000
PYTHON_FILES = manage.py painconsult consults education tests tools
TEMPLATE_FOLDERS = templates painconsult consults education
PY = .venv/bin/python
# The demo's database is the SQLite in var/, whatever the shell says: never somebody's own.
DEMO = env -u DATABASE_URL -u DJANGO_SETTINGS_MODULE $(PY)

.PHONY: help demo free-port environment test lint vendor bench mutants

help:
	@echo "make demo     a demo clinic on http://127.0.0.1:$(PORT) (another port: PORT=8001)"
	@echo "make test     the suite on SQLite, on PostgreSQL and in a browser"
	@echo "make lint     format, rules, templates, import directions, missing migrations"
	@echo "make bench    the budgets, measured"
	@echo "make mutants  mutation tests of the arithmetic"
	@echo "make vendor   static/vendor/ again from npm (needs Node and uv)"

demo: export APP_ENV = development
demo: export SITE_URL = http://127.0.0.1:$(PORT)
demo: free-port
	@mkdir -p var
	@$(DEMO) manage.py migrate --verbosity 0
	@$(DEMO) manage.py seed_demo
	@echo "Serving on $(SITE_URL) (Ctrl-C stops it)"
	@exec $(DEMO) -m gunicorn painconsult.wsgi --bind 127.0.0.1:$(PORT) --workers 1 --worker-class gthread --threads 4 \
		--log-level warning --no-control-socket

# A taken port is said before anything is made, in one line.
free-port: environment
	$(eval TAKEN := $(shell $(PY) tools/port_free.py "$(PORT)" 2>&1))$(if $(TAKEN),$(error $(TAKEN)))

environment:
	@tools/bootstrap

test:
	@tools/bootstrap dev
	@tools/test

lint:
	@tools/bootstrap dev
	$(PY) -m ruff check $(PYTHON_FILES)
	$(PY) -m ruff format --check $(PYTHON_FILES)
	find $(TEMPLATE_FOLDERS) -name '*.html' -exec .venv/bin/djade --target-version 5.2 --check {} +
	.venv/bin/lint-imports --no-logo
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check

vendor:
	@tools/vendor/build

bench:
	@tools/bootstrap dev
	@$(PY) tools/bench.py

mutants:
	@tools/bootstrap dev
	.venv/bin/mutmut run
	.venv/bin/mutmut results
