# All commands of the project. They need only Python 3.11 to 3.13 and a package registry: virtual
# environments are created on first use, in .venvs/.
PYTHON ?= python3
# The stack name, and the bucket to which `make deploy` uploads the zip.
STACK ?= radiology-impressions
BUCKET ?=
PARAMETERS ?=
# What `make fuzz` fuzzes (everything if nothing is named), and the seed of `make soak` (a random one,
# which it prints).
TARGETS ?=
SEED ?=
# What `make bench` measures (all but the newcomer's wait if nothing is named).
GROUPS ?=
# The processor on which the functions run: x86_64 or arm64 (AWS Graviton).
ARCHITECTURE ?= x86_64
# One worker per core; the tests of the local stack share one of them (tests/conftest.py).
PARALLEL ?= -n auto --dist loadgroup

# Some containers set it. Tests and the local stack start many interpreters, each of which would then
# compile all that it imports. Compiled modules are written to .venvs/ and __pycache__/ only.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-supported test-coverage test-faults test-browser test-torch test-sagemaker test-velox fuzz soak check lint lock bench simulate notebook package deploy clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo:  ## run the whole system on this machine: examples/ through the real stack
	@$(PYTHON) -m local demo

test:  ## run all tests except those that need a browser, torch or the SageMaker SDK
	@python=$$($(PYTHON) -m common.environments test) && $$python -m pytest -q $(PARALLEL)

test-supported:  ## run the tests whose outcome may depend on the interpreter
	@python=$$($(PYTHON) -m common.environments test) \
	&& $$python -m pytest -q $(PARALLEL) -m "not once and not alike and not exhaustive" \
	  tests/unit tests/fuzz tests/integration

test-coverage:  ## run those and the fault tests, and fail below the floor of coverage in pyproject.toml
	@python=$$($(PYTHON) -m common.environments test) \
	&& $$python -m pytest -q $(PARALLEL) -m "not once and not exhaustive" --cov --cov-report= \
	  tests/unit tests/faults tests/fuzz tests/integration

test-faults:  ## let every AWS call of every scenario fail once, in every way (minutes)
	@python=$$($(PYTHON) -m common.environments test) \
	&& $$python -m pytest -q $(PARALLEL) -m exhaustive tests/faults

test-browser:  ## test the HTML report in headless Chromium (skipped if not installed)
	@python=$$($(PYTHON) -m common.environments test-browser) && $$python -m pytest -q tests/browser

test-torch:  ## run the tests that need torch (the training container), in their own environment
	@python=$$($(PYTHON) -m common.environments test-torch) && $$python -m pytest -q tests/torch

test-sagemaker:  ## run the tests that need the SageMaker SDK, and the walkthrough notebook
	@python=$$($(PYTHON) -m common.environments test-sagemaker) && $$python -m pytest -q tests/sagemaker

test-velox:  ## compare the functions of local SQL with Velox's (Linux on x86-64, Python 3.11)
	@$(PYTHON) -m common.environments velox >/dev/null || { echo "note: pyvelox has wheels only\
	 for Python 3.11 on Linux on x86-64" >&2; exit 3; }
	@python=$$($(PYTHON) -m common.environments test) && $$python -m pytest -q tests/velox

fuzz: SECONDS ?= 60
fuzz:  ## fuzz all that decodes input [SECONDS=60, all targets together; TARGETS="records …"]
	@$(PYTHON) -m common.environments fuzz >/dev/null || { echo "note: atheris has wheels only\
	 for Linux on x86-64; elsewhere, building it needs a clang with libFuzzer" >&2; exit 3; }
	@python=$$($(PYTHON) -m common.environments fuzz) \
	&& $$python -m tests.fuzz --seconds "$(SECONDS)" $(TARGETS)

check:  ## the fast part of lint: locks, ruff and mypy (also a pre-commit hook)
	@$(PYTHON) -m common.locks --check
	@python=$$($(PYTHON) -m common.environments lint) \
	&& $$python -m ruff check --quiet && $$python -m ruff format --check --quiet \
	&& $$python -m mypy --no-error-summary

lint: check  ## run check, then cfn-lint, checkov and what a deployment would fail on, and the checks of SQL and dashboard
	@python=$$($(PYTHON) -m common.environments lint) && $$python -m local.packaging.lint
	@$(PYTHON) -m analytics lint

lock:  ## resolve every lock again from its requirement list [UPGRADE="package …"]
	@python=$$($(PYTHON) -m common.environments uv) && $$python -m common.locks $(UPGRADE)

soak: SECONDS ?= 600
soak:  ## drive a local stack under kills and outages, and balance the books [SECONDS=600] [SEED=n]
	@python=$$($(PYTHON) -m common.environments test) \
	&& $$python -m tests.soak --seconds "$(SECONDS)" $(if $(SEED),--seed "$(SEED)")

bench:  ## measure, print a table and write build/bench.json [GROUPS="curve files …"]
	@python=$$($(PYTHON) -m common.environments test) && $$python -m benchmarks $(GROUPS)

simulate:  ## simulate hospitals, and a country, on paper; writes the figures of docs/scale.md (minutes)
	@python=$$($(PYTHON) -m common.environments simulate) && $$python -m benchmarks.simulate

notebook:  ## open the walkthrough in Jupyter, on loopback only
	@python=$$($(PYTHON) -m common.environments notebook) \
	&& $$python -m jupyterlab --ip 127.0.0.1 training/walkthrough.ipynb

package:  ## build the zip and templates for AWS in build/package (Python 3.13) [ARCHITECTURE=arm64]
	@python=$$($(PYTHON) -m common.environments run) \
	&& $$python -m local.packaging.package --architecture "$(ARCHITECTURE)"

deploy: package  ## deploy to AWS: BUCKET=<artifact bucket> [STACK=name] [ARCHITECTURE=arm64] [PARAMETERS="Key=Value …"]
	@test -n "$(BUCKET)" || { echo "error: BUCKET is not set: name a bucket for the zip" >&2; exit 2; }
	@$(PYTHON) -m local.packaging.preflight --stack "$(STACK)" build/package/sam.json $(PARAMETERS)
	aws cloudformation package --template-file build/package/sam.json --s3-bucket "$(BUCKET)" \
	  --use-json --output-template-file build/package/deploy.json
	aws cloudformation deploy --template-file build/package/deploy.json --stack-name "$(STACK)" \
	  --s3-bucket "$(BUCKET)" \
	  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-execute-changeset \
	  --parameter-overrides "Architecture=$(ARCHITECTURE)" $(PARAMETERS)
	@printf 'The change set is shown above and not yet executed. Execute it? [y/N] ' && read answer \
	&& test "$$answer" = y
	aws cloudformation deploy --template-file build/package/deploy.json --stack-name "$(STACK)" \
	  --s3-bucket "$(BUCKET)" \
	  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \
	  --parameter-overrides "Architecture=$(ARCHITECTURE)" $(PARAMETERS)

clean:  ## delete build output and the virtual environments
	-@$(PYTHON) -m local down
	rm -rf build .venvs
