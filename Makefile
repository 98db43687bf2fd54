# Every command of the project. Only Python 3.11 to 3.13 and a package registry are needed: the
# virtual environments are made on first use, in .venvs/.
PYTHON ?= python3
# Where `make deploy` puts the zip, and what the stack is called.
STACK ?= radiology-impressions
BUCKET ?=
PARAMETERS ?=

.PHONY: help demo test test-supported test-browser test-torch test-sagemaker lint lock bench notebook package deploy clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo:  ## the whole job on this machine: examples/ through the real stack
	@$(PYTHON) -m local demo

test:  ## every test
	@python=$$($(PYTHON) -m local.environments test) && $$python -m pytest -q

test-supported:  ## the tests whose outcome could depend on the interpreter (all but the README's)
	@python=$$($(PYTHON) -m local.environments test) \
	&& $$python -m pytest -q -m "not once" tests/unit tests/faults tests/integration

test-browser:  ## the page in headless Chromium (skipped where there is none)
	@python=$$($(PYTHON) -m local.environments test-browser) && $$python -m pytest -q tests/browser

test-torch:  ## the tests that need torch (the training container), in an environment of their own
	@python=$$($(PYTHON) -m local.environments test-torch) && $$python -m pytest -q tests/torch

test-sagemaker:  ## the tests that need the SageMaker SDK, and the walk-through notebook
	@python=$$($(PYTHON) -m local.environments test-sagemaker) && $$python -m pytest -q tests/sagemaker

lint:  ## ruff, mypy, the locks, cfn-lint on all templates, and the analysts' SQL and dashboard
	@$(PYTHON) -m local.locks --check
	@python=$$($(PYTHON) -m local.environments lint) \
	&& $$python -m ruff check --quiet && $$python -m ruff format --check --quiet \
	&& $$python -m mypy --no-error-summary && $$python -m local.lint
	@$(PYTHON) -m analytics lint

lock:  ## every lock anew from its requirement list: [UPGRADE="package …"] takes newer versions
	@python=$$($(PYTHON) -m local.environments uv) && $$python -m local.locks $(UPGRADE)

bench:  ## the benchmarks; figures also go to build/bench.json
	@python=$$($(PYTHON) -m local.environments test) && $$python -m benchmarks

notebook:  ## the walk-through in Jupyter, on this machine's loopback
	@python=$$($(PYTHON) -m local.environments notebook) \
	&& $$python -m jupyterlab --ip 127.0.0.1 training/walkthrough.ipynb

package:  ## the zip and templates for AWS, in build/package (Python 3.13)
	@python=$$($(PYTHON) -m local.environments run) && $$python -m local.package

deploy: package  ## deploy to AWS: BUCKET=<artifact bucket> [STACK=name] [PARAMETERS="Key=Value …"]
	@test -n "$(BUCKET)" || { echo "error: BUCKET is not set: name a bucket for the zip" >&2; exit 2; }
	aws cloudformation package --template-file build/package/sam.json --s3-bucket "$(BUCKET)" \
	  --use-json --output-template-file build/package/deploy.json
	aws cloudformation deploy --template-file build/package/deploy.json --stack-name "$(STACK)" \
	  --s3-bucket "$(BUCKET)" \
	  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-execute-changeset \
	  $(if $(PARAMETERS),--parameter-overrides $(PARAMETERS))
	@printf 'The change set is shown above and not yet executed. Execute it? [y/N] ' && read answer \
	&& test "$$answer" = y
	aws cloudformation deploy --template-file build/package/deploy.json --stack-name "$(STACK)" \
	  --s3-bucket "$(BUCKET)" \
	  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
	  $(if $(PARAMETERS),--parameter-overrides $(PARAMETERS))

clean:  ## delete what was built and the virtual environments
	-@$(PYTHON) -m local down
	rm -rf build .venvs
