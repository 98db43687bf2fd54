"""The endpoint with a GPU's costs, in its own process, called through boto3 as by the function."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from benchmarks.article import invoke, runtime_client
from benchmarks.curve import endpoint as endpoints
from benchmarks.curve.cost import CostCurve
from benchmarks.curve.endpoint import URL_VARIABLE, CurveEndpoint, called_by_the_function, serving
from benchmarks.curve.server import Counts, draft_of
from chalicelib.settings import DEFAULT_GENERATION, Model

MODEL = Model("fine-tuned", "endpoint", "model", "1", prompt="Sum up: {findings}")
CURVE = CostCurve(call_ms=100, record_ms=50)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CurveEndpoint]:
    with serving(CURVE, tmp_path_factory.mktemp("curve") / "log") as running:
        yield running


def call(endpoint: CurveEndpoint, texts: list[str]) -> list[str]:
    response = runtime_client(endpoint.url).invoke_endpoint(
        EndpointName="endpoint",
        ContentType="application/json",
        Body=msgspec.json.encode({"text_inputs": texts, **DEFAULT_GENERATION}),
    )
    found: list[str] = msgspec.json.decode(response["Body"].read())["generated_texts"]
    return found


def test_every_prompt_has_its_own_text_in_its_place(endpoint: CurveEndpoint) -> None:
    texts = [f"prompt {number}" for number in range(8)]

    found = call(endpoint, texts)

    assert found == [draft_of(text) for text in texts]
    assert len(set(found)) == 8


def test_the_article_s_loop_can_call_it(endpoint: CurveEndpoint) -> None:
    runtime = runtime_client(endpoint.url)

    assert invoke(runtime, MODEL, "No effusion.") == draft_of("Sum up: No effusion.")


def test_it_counts_calls_and_records_and_the_time_that_they_cost(endpoint: CurveEndpoint) -> None:
    before = endpoint.counts()
    call(endpoint, ["a"])
    call(endpoint, ["a", "b", "c"])
    worked = endpoint.counts().since(before)

    assert worked == Counts({1: 1, 3: 1})
    assert (worked.calls, worked.records) == (2, 4)
    assert worked.seconds(CURVE) == pytest.approx(0.15 + 0.25)


def test_an_instance_works_on_one_call_at_a_time(endpoint: CurveEndpoint) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda text: call(endpoint, [text]), "abcd"))

    assert time.monotonic() - began >= 4 * CURVE.seconds(1)


def test_a_call_of_more_records_takes_longer(endpoint: CurveEndpoint) -> None:
    began = time.monotonic()
    call(endpoint, ["a"] * 6)

    assert time.monotonic() - began >= CURVE.seconds(6)


@pytest.mark.parametrize("texts", [[], None])
def test_it_refuses_what_the_container_refuses(endpoint: CurveEndpoint, texts: Any) -> None:
    before = endpoint.counts()

    with pytest.raises(ClientError) as caught:
        call(endpoint, texts)

    assert caught.value.response["Error"]["Code"] == "ModelError"
    assert endpoint.counts() == before


def test_it_ends_with_its_block(tmp_path: Path) -> None:
    with serving(CostCurve(0, 0), tmp_path / "log") as running:
        url = running.url

    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{url}/ping", timeout=5)  # noqa: S310  # loopback


class Functions:
    """The part of Lambda that changes and invokes a function, which fails at first."""

    def __init__(self, variables: dict[str, str], failures: int) -> None:
        self.variables, self.failures = variables, failures
        self.seen: list[dict[str, str]] = []

    def get_waiter(self, name: str) -> Functions:
        assert name == "function_updated_v2"
        return self

    def wait(self, *, FunctionName: str) -> None:
        pass

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        if self.failures:
            self.failures -= 1
            if self.failures % 2:
                raise ReadTimeoutError(endpoint_url="http://lambda")
            return {"StatusCode": 200, "FunctionError": "Unhandled"}
        self.seen.append(self.variables)
        return {"StatusCode": 200}

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:
        return {"Environment": {"Variables": dict(self.variables)}}

    def update_function_configuration(
        self, *, FunctionName: str, Environment: dict[str, dict[str, str]]
    ) -> None:
        # As Lambda does: the new variables replace all earlier ones.
        self.variables = Environment["Variables"]


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Functions], Any]:
    """A stack with one function."""

    def make(functions: Functions) -> Any:
        monkeypatch.setattr(endpoints, "PAUSE_S", 0)
        monkeypatch.setattr(endpoints, "client", lambda *_: functions)
        outputs = type("Outputs", (), {"function_name": "summarize"})
        return type("Stack", (), {"outputs": outputs, "aws_url": "", "settings": None})

    return make


def test_the_function_calls_its_own_endpoint_again_even_after_an_error(
    deployed: Callable[[Functions], Any],
) -> None:
    before = {URL_VARIABLE: "http://own", "RESULTS_BUCKET": "results"}
    functions = Functions(dict(before), failures=0)

    def fail() -> None:
        with called_by_the_function(deployed(functions), "http://other"):
            assert functions.variables == before | {URL_VARIABLE: "http://other"}
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert functions.variables == before


def test_the_function_has_been_invoked_with_the_new_configuration_before_it_counts(
    deployed: Callable[[Functions], Any],
) -> None:
    functions = Functions({}, failures=3)

    with called_by_the_function(deployed(functions), "http://other"):
        assert functions.seen == [{URL_VARIABLE: "http://other"}]


def test_a_function_that_keeps_failing_is_an_error(deployed: Callable[[Functions], Any]) -> None:
    functions = Functions({}, failures=10)

    with (
        pytest.raises(RuntimeError, match="summarize fails with its new configuration"),
        called_by_the_function(deployed(functions), "http://other"),
    ):
        pytest.fail("it must not be measured")

    assert functions.variables == {}
