"""What hospitals do: drop files in all lanes, replace them, and have events delivered twice."""

from __future__ import annotations

import heapq
import random
import time
from dataclasses import dataclass, field

from chalicelib.objects import ObjectRef
from tests.soak import events
from tests.soak.files import File, Files
from tests.soak.running import Running

LANES = (("incoming", 60), ("evaluation", 15), ("nightly", 25))
GAP_S = 1.2
REPLACES = 0.4
BRINGS_BACK = 0.5  # of the replacements: an earlier content of the key
REPEATS = 0.35
MOST_DELAY_S = 40.0
POISON = 0.01
TELL_S = 60.0


@dataclass
class Load:
    """The uploader; it notes what S3 confirmed, and all contents of each key."""

    running: Running
    seed: int
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    contents: dict[str, list[File]] = field(default_factory=dict)
    repeats: int = 0
    poison: set[str] = field(default_factory=set)
    _due: list[tuple[float, str]] = field(default_factory=list)

    def run(self, seconds: float) -> None:
        """Drop files for so long."""
        draw = random.Random(self.seed)
        files = Files(self.seed)
        deadline = time.monotonic() + seconds
        told_at = deadline - seconds
        while (now := time.monotonic()) < deadline:
            if now >= told_at + TELL_S:
                told_at = now
                self.running.say(f"{len(self.acknowledged)} uploads, {deadline - now:.0f} s to go")
            key, content = self._next(draw, files)
            ref = self._put(key, content)
            if not key.startswith("nightly/") and draw.random() < REPEATS:
                # Late repeats arrive after the key was replaced.
                for _ in range(draw.choice((1, 1, 2))):
                    body = draw.choice(events.SHAPES)(ref)
                    heapq.heappush(self._due, (now + draw.uniform(0, MOST_DELAY_S), body))
            if draw.random() < POISON:
                body = f"no message {len(self.poison)}"
                self.poison.add(body)
                self.running.send(body)
            self._repeat(now)
            time.sleep(draw.expovariate(1 / GAP_S))
        self._repeat(float("inf"))

    def _next(self, draw: random.Random, files: Files) -> tuple[str, File]:
        lane = draw.choices([name for name, _ in LANES], [weight for _, weight in LANES])[0]
        known = [key for key in self.contents if key.startswith(f"{lane}/")]
        if not known or draw.random() >= REPLACES:
            name = f"{len(self.contents):04d}" + draw.choice((".json", " ü+%.jsonl", ".gz"))
            key = f"{lane}/ward-{draw.randint(1, 3)}/{name}"
            self.contents[key] = []
        else:
            # Mostly one of the last: its earlier version may be in work.
            key = known[-draw.randint(1, min(5, len(known)))]
        earlier = self.contents[key][:-1]
        brings_back = bool(earlier) and draw.random() < BRINGS_BACK
        content = draw.choice(earlier) if brings_back else files.make()
        self.contents[key].append(content)
        return key, content

    def _put(self, key: str, content: File) -> ObjectRef:
        bucket = self.running.outputs.landing_bucket

        def put() -> ObjectRef:
            s3 = self.running.client("s3")
            made = s3.put_object(Bucket=bucket, Key=key, Body=content.data)
            return ObjectRef(bucket, key, made["ETag"].strip('"'), made["VersionId"])

        ref = self.running.patiently(put)
        self.acknowledged.append((key, str(ref.version_id)))
        return ref

    def _repeat(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            self.running.send(heapq.heappop(self._due)[1])
            self.repeats += 1


@dataclass
class Nights:
    """Runs the night again and again, as its schedule would, and repeats events of its jobs."""

    running: Running
    seed: int
    every_s: float
    repeats: int = 0

    def run(self) -> None:
        """Run until the load ends."""
        draw = random.Random(self.seed)
        while not self.running.stop.wait(self.every_s):
            self.running.sweep()
            jobs = self.running.patiently(self._jobs)
            if jobs:
                self.running.send(events.job_changed(draw.choice(jobs)))
                self.repeats += 1

    def _jobs(self) -> list[str]:
        found = self.running.client("sagemaker").list_transform_jobs(MaxResults=100)
        return [job["TransformJobName"] for job in found["TransformJobSummaries"]]
