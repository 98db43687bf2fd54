"""The books as they are read, of what the real functions wrote: in order, and spoilt."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.objects import ObjectRef
from tests.account.account import Account
from tests.account.settings import LANDING, RESULTS
from tests.soak import events
from tests.soak.files import UNREADABLE, File, Files
from tests.soak.gather import Gatherer, dead_letters, depth
from tests.soak.ledger import Ledger, balance
from tests.soak.load import Load

SEED = 13
FILES = 25


class Deployed:
    """The account as a deployed stack."""

    def __init__(self, account: Account) -> None:
        self._clients = {"s3": account.s3, "sqs": account.sqs}
        self.outputs: Any = SimpleNamespace(
            landing_bucket=LANDING,
            results_bucket=RESULTS,
            work_queue_url=account.queue_url,
            dead_letter_queue_url=account.dead_letter_url,
        )

    def client(self, service: str) -> Any:
        return self._clients[service]


class Soaked:
    """An account with files in it, and what is known of them."""

    def __init__(self, account: Account) -> None:
        self.account, self.deployed = account, Deployed(account)
        stack: Any = SimpleNamespace(stack=self.deployed)
        self.load = Load(stack, SEED)

    def drop(self, key: str, file: File) -> ObjectRef:
        self.load.contents.setdefault(key, []).append(file)
        landed = self.account.drop(key, file.data)
        self.load.acknowledged.append((key, landed.version_id))
        return ObjectRef(LANDING, key, landed.etag, landed.version_id)

    def balance(self) -> Ledger:
        return balance(Gatherer(self.load).books(self.deployed))


@pytest.fixture
def soaked(account: Account) -> Soaked:
    account.add_pre_trained()
    return Soaked(account)


def test_what_is_expected_of_the_files_comes_of_them(soaked: Soaked) -> None:
    files = Files(SEED)
    for number, (data, expected) in enumerate(UNREADABLE):
        soaked.drop(f"incoming/bad/{number}", File(data, expected))
    for number in range(FILES):
        lane = ("incoming", "evaluation")[number % 2]
        soaked.drop(f"{lane}/ward/{number} ü+%.json", files.make())
    soaked.account.drain()

    ledger = soaked.balance()

    assert ledger.problems == ()
    assert ledger.is_balanced
    assert sum(ledger.results.values()) == len(UNREADABLE) + FILES
    assert ledger.drafts > FILES
    assert set(ledger.results) == {"complete", "partial", "failed"}


def test_the_same_seed_makes_the_same_files() -> None:
    first, second = Files(SEED), Files(SEED)

    assert [first.make() for _ in range(FILES)] == [second.make() for _ in range(FILES)]


@pytest.mark.parametrize("shape", events.SHAPES)
def test_events_delivered_again_change_nothing(soaked: Soaked, shape: Any) -> None:
    files = Files(SEED)
    refs = [soaked.drop("incoming/ward/a ü+%.json", files.make()) for _ in range(2)]
    soaked.account.drain()
    calls = len(soaked.account.model.prompts)

    soaked.account.deliver(*(shape(ref) for ref in refs))
    soaked.account.drain()

    ledger = soaked.balance()
    assert ledger.problems == ()
    assert (ledger.uploads, ledger.superseded, ledger.superseded_with_rows) == (2, 1, 1)
    assert len(soaked.account.model.prompts) == calls


def good_file() -> File:
    files = Files(SEED)
    return next(file for file in iter(files.make, None) if len(file.expected.good) > 1)


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [("results/", "lost"), ("lake/impressions/", "lost"), ("lake/files/", "lost")],
)
def test_what_is_deleted_is_found_lost(soaked: Soaked, prefix: str, kind: Any) -> None:
    soaked.drop("incoming/ward/a.json", good_file())
    soaked.account.drain()
    (key,) = (key for key in soaked.account.list_keys() if key.startswith(prefix))

    soaked.account.s3.delete_object(Bucket=RESULTS, Key=key)

    assert soaked.balance().count(kind) > 0


def test_rows_under_another_name_too_are_found_doubled(soaked: Soaked) -> None:
    soaked.drop("incoming/ward/a.json", good_file())
    soaked.account.drain()
    (key,) = (key for key in soaked.account.list_keys() if key.startswith("lake/impressions/"))

    again = f"{key}.again"
    soaked.account.s3.copy_object(
        Bucket=RESULTS, Key=again, CopySource={"Bucket": RESULTS, "Key": key}
    )

    assert soaked.balance().count("doubled") > 0


def test_a_result_of_an_older_version_is_found_stale(soaked: Soaked) -> None:
    files = Files(SEED)
    key = "incoming/ward/a.json"
    soaked.drop(key, files.make())
    soaked.account.drain()
    old = soaked.account.read(f"results/{key}.json")
    soaked.drop(key, files.make())
    soaked.account.drain()
    assert soaked.balance().problems == ()

    soaked.account.s3.put_object(Bucket=RESULTS, Key=f"results/{key}.json", Body=old)

    assert soaked.balance().count("stale") == 1


def test_dead_letters_are_read_and_stay(account: Account) -> None:
    for number in range(12):
        account.sqs.send_message(QueueUrl=account.dead_letter_url, MessageBody=f"dead {number}")
    account.deliver("waiting")
    deployed = Deployed(account)

    assert sorted(dead_letters(deployed)) == sorted(f"dead {number}" for number in range(12))

    queue = account.sqs.get_queue_attributes(
        QueueUrl=account.dead_letter_url, AttributeNames=["All"]
    )["Attributes"]
    assert queue["ApproximateNumberOfMessagesNotVisible"] == "12"
    assert depth(deployed) == 1
