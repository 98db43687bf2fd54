"""What goes wrong meanwhile: kills, outages of the endpoint, and slow, lost and cut answers."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.breaking import kills
from tests.breaking.proxy import Fault
from tests.soak.running import Running

PAUSE_S = (4.0, 18.0)
OUTAGE_S = (3.0, 40.0)
NIGHT_S = 60.0  # until the next night begins
REFUSED = (
    Fault("refuse", 503),
    Fault("refuse", 429, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'),
    Fault("refuse", 500),
    Fault("refuse", 400, b'{"__type": "ValidationError", "message": "Endpoint x not found."}'),
)
SPOILED = (Fault("lose"), Fault("cut"), Fault("refuse", 503))
SLOW = (Fault("slow", delay_s=1.0), Fault("slow", delay_s=4.0), Fault("slow", delay_s=12.0))


@dataclass
class Trouble:
    """Makes one trouble after the other, each kind once before any comes again."""

    running: Running
    seed: int
    made: Counter[str] = field(default_factory=Counter)
    asked: int = 0  # records in the requests to the endpoint

    def run(self) -> None:
        """Make trouble until the load ends."""
        draw = random.Random(self.seed)
        self.calm()
        waiting: list[Callable[[random.Random], None]] = []
        while not self.running.stop.wait(draw.uniform(*PAUSE_S)):
            if not waiting:
                waiting = [
                    *(self._kill_function,) * 3,
                    self._kill_nightly,
                    self._kill_ministack,
                    self._kill_sagemaker,
                    *(self._outage,) * 2,
                    self._slow,
                    self._spoil,
                ]
                draw.shuffle(waiting)
            waiting.pop()(draw)

    def calm(self) -> None:
        """End every trouble of the endpoint."""
        self.running.model.choose = self._choose_from((), 0.0, random.Random(self.seed))

    def _choose_from(
        self, faults: tuple[Fault, ...], share: float, draw: random.Random
    ) -> Callable[[str, str, bytes], Fault | None]:
        def choose(_method: str, _path: str, body: bytes) -> Fault | None:
            self.asked += len(json.loads(body)["text_inputs"])
            return draw.choice(faults) if faults and draw.random() < share else None

        return choose

    def _endpoint(
        self, draw: random.Random, name: str, faults: tuple[Fault, ...], share: float
    ) -> None:
        self.made[name] += 1
        self.running.model.choose = self._choose_from(faults, share, random.Random(draw.random()))
        self.running.stop.wait(draw.uniform(*OUTAGE_S))
        self.calm()

    def _outage(self, draw: random.Random) -> None:
        self._endpoint(draw, "endpoint away", (draw.choice(REFUSED),), 1.0)

    def _slow(self, draw: random.Random) -> None:
        self._endpoint(draw, "endpoint slow", SLOW, 0.7)

    def _spoil(self, draw: random.Random) -> None:
        self._endpoint(draw, "answers lost or cut", SPOILED, 0.4)

    def _kill_function(self, _: random.Random) -> None:
        name = self.running.stack.outputs.function_name
        self.made["function killed"] += bool(kills.kill_function(self.running.stack, name))

    def _kill_nightly(self, draw: random.Random) -> None:
        """Kill the nightly function while it runs."""
        if self.running.in_night.wait(NIGHT_S):
            self.running.stop.wait(draw.uniform(0, 1))
            name = self.running.stack.outputs.nightly_function
            self.made["night killed"] += bool(kills.kill_function(self.running.stack, name))

    def _kill_ministack(self, draw: random.Random) -> None:
        kills.kill_ministack(self.running.stack)
        self.made["MiniStack killed"] += 1
        self.running.stop.wait(draw.uniform(0, 3))
        self.running.up()

    def _kill_sagemaker(self, draw: random.Random) -> None:
        kills.kill_sagemaker(self.running.stack)
        self.made["SageMaker killed"] += 1
        self.running.stop.wait(draw.uniform(0, 10))
        self.running.up()
