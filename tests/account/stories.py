"""What the functions do in a deployment's life, told so that any call in it may be denied.

A story works through its files as far as it can, for as many deliveries as the queue allows. `mend`
then does what an operator and the next night do, and everything must have become what it would
have been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chalicelib import aws
from tests.account.deliveries import deliver_and_die, received
from tests.account.faults import expire_claims
from tests.account.settings import RESULTS
from tests.account.world import DAY_S, World
from tests.nights import Killed


def small(world: World) -> Iterator[None]:
    """One file, its event and a message that names no version."""
    landed = world.drop("incoming", "Small.")
    yield
    world.deliver()
    swept = world.land("incoming", "Swept.", name="b")
    world.account.deliver(swept.notification(versioned=False), landed.notification())
    world.deliver()


def chunks(world: World) -> Iterator[None]:
    """One file in two chunks."""
    world.drop("incoming", "One.", "Two.", "Three.")
    yield
    world.deliver()


def again(world: World) -> Iterator[None]:
    """A result that was deleted, a newer version, and a file that is re-run."""
    first = world.drop("incoming", "Older.")
    deleted = world.drop("incoming", "Deleted.", name="b")
    world.deliver()
    world.account.s3.delete_object(Bucket=RESULTS, Key=f"results/{deleted.key}.json")
    yield
    world.drop("incoming", "Newer.")
    world.deliver()
    world.account.deliver(first.notification(), deleted.notification())
    world.deliver()


def rerun(world: World) -> Iterator[None]:
    """Files of both kinds that are done again."""
    world.drop("incoming", "Small.")
    world.drop("incoming", "One.", "Two.", "Three.", name="b")
    world.deliver()
    yield
    world.attempt("operate", action="rerun", prefix="incoming/", token="t1")
    world.deliver()


def interrupted(world: World) -> Iterator[None]:
    """Two models, of which one is away at first."""
    world.account.add_pre_trained()
    is_away = True
    client = aws.sagemaker_runtime()

    def away(request: Any, **_: Any) -> None:
        if is_away and "pre-trained" in request.url:
            raise ConnectionError

    client.meta.events.register_last("before-send.sagemaker-runtime", away)
    world.drop("evaluation", "One.")
    yield
    world.account.drain()
    is_away = False
    world.account.redeliver()
    world.deliver()


def unfinished(world: World) -> Iterator[None]:
    """An invocation that is killed when everything is written; nobody hears that it is done."""
    world.drop("incoming", "Killed.")
    with received(world.account) as (_, event):
        world.account.invoke(event)
    yield
    expire_claims(world.account)
    world.account.redeliver()
    world.deliver()


def died(world: World) -> Iterator[None]:
    """An invocation that is killed before it writes; its message comes again beside another."""
    events = aws.s3().meta.events

    def die(**_: Any) -> None:
        events.unregister("before-send.s3.PutObject", die)
        raise Killed

    events.register_first("before-send.s3.PutObject", die)
    world.drop("incoming", "Killed.")
    deliver_and_die(world.account)
    world.drop("incoming", "Neighbour.", name="b")
    yield
    expire_claims(world.account)
    world.account.redeliver()
    world.deliver()


def night(world: World) -> Iterator[None]:
    """A night with a small and a large file, whose time ends, and one file that no event told."""
    world.land("nightly", "One.", "Two.", "Three.", name="a")
    world.land("nightly", "Four.", name="b")
    world.land("incoming", "Forgotten.")
    world.later_s += 3600
    yield
    world.time_left_ms = 200_000
    world.night()


def second_night(world: World) -> Iterator[None]:
    """A night that comes while the job of the one before is running, and two after its end."""
    world.land("nightly", "One.", name="a")
    world.attempt("nightly")
    world.land("nightly", "Two.", name="b")
    yield
    world.later_s += DAY_S
    world.attempt("nightly")
    for name in list(world.nights.sagemaker.jobs):
        world.nights.sagemaker.complete(name)
    for _ in range(2):
        world.later_s += DAY_S
        world.night()


def operator(world: World) -> Iterator[None]:
    """Every request of an operator, with a dead letter and a night in the making."""
    world.land("nightly", "One.", name="n")
    large = world.drop("incoming", "One.", "Two.", "Three.", name="l")
    world.deliver()
    world.attempt("nightly")
    landed = world.land("incoming", "Dead.")
    account = world.account
    account.sqs.send_message(QueueUrl=account.dead_letter_url, MessageBody=landed.notification())
    yield
    for key in (landed.key, large.key, next(key for key in world.expected if "nightly" in key)):
        world.attempt("operate", action="file", key=key)
    world.attempt("operate", action="counts")
    world.attempt("operate", action="redrive")
    world.attempt("operate", action="rerun", key=landed.key, token="t1")
    world.deliver()


Story = Callable[[World], Iterator[None]]
STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        small,
        chunks,
        again,
        rerun,
        interrupted,
        unfinished,
        died,
        night,
        second_night,
        operator,
    )
}
