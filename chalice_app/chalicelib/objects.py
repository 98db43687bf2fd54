"""Identifies landing objects, and derives the keys of everything that is written for them."""

from __future__ import annotations

import hashlib

import msgspec

LANES = ("incoming", "evaluation", "nightly")
# S3 keys are at most 1,024 bytes of UTF-8 (Amazon S3 User Guide, "Naming Amazon S3 objects").
MAX_KEY_BYTES = 1024
# Room for "results/", ".json" or ".parts/<object id>-<chunk>.jsonl" around a landing key.
LONGEST_PLAIN_KEY = MAX_KEY_BYTES - 80
LONG_KEY_DIGEST = 32


class ObjectRef(msgspec.Struct, frozen=True):
    """One upload of one landing object. `etag` has no quotes.

    `version_id` is None only where the bucket has no versioning.
    """

    bucket: str
    key: str
    etag: str
    version_id: str | None = None

    @property
    def object_id(self) -> str:
        """Identifies the upload, the same for events, sweeps and re-runs (docs/adr/0015).

        `sha256(bucket, key, version id)[:32]`, or without versioning `content_id`.
        """
        if self.version_id is None:
            return self.content_id
        # An etag is never empty, so this cannot be the digest input of a `content_id`.
        return _digest(f"{self.bucket}\0\0{self.version_id}\0{self.key}")

    @property
    def content_id(self) -> str:
        """`sha256(bucket, key, etag)[:32]`: until release 0.1 the object id of every upload."""
        # A bucket name or etag cannot contain NUL, so no two triples have the same digest input.
        return _digest(f"{self.bucket}\0{self.etag}\0{self.key}")

    def is_same_upload(self, other: ObjectRef) -> bool:
        """Whether both are one upload; without versioning, whether both have the same content."""
        if self.version_id is None or other.version_id is None:
            return self.content_id == other.content_id
        return self.object_id == other.object_id

    @property
    def lane(self) -> str | None:
        """The first segment of the key, if it is a lane and the key continues after it."""
        lane, _, rest = self.key.partition("/")
        return lane if lane in LANES and rest else None

    @property
    def dataset(self) -> str:
        """The path segment after the lane; `default` if the object is directly in the lane."""
        segments = self.key.split("/")
        return segments[1] if len(segments) > 2 else "default"  # noqa: PLR2004  # lane, dataset, name

    @property
    def is_folder_marker(self) -> bool:
        """Whether this is the empty object that the S3 console creates for a new folder."""
        return self.key.endswith("/")


def result_key(ref: ObjectRef) -> str:
    """The key of the result document: `results/<landing key>.json`."""
    return f"results/{_bounded(ref.key)}.json"


def part_key(ref: ObjectRef, chunk: int) -> str:
    """The key of one chunk's part of the result of a large file."""
    return f"results/{_bounded(ref.key)}.parts/{ref.object_id}-{chunk:05d}.jsonl"


def answer_key(ref: ObjectRef, ending: str) -> str:
    """The key of the answers in the format of the reports: `results/<landing key><ending>`."""
    return f"results/{_bounded(ref.key)}{ending}"


def answers_part_key(ref: ObjectRef, chunk: int) -> str:
    """The key of one chunk's answers, until those of all chunks are joined."""
    return f"results/{_bounded(ref.key)}.parts/{ref.object_id}-{chunk:05d}.answers.jsonl"


def lake_key(table: str, day: str, ref: ObjectRef, chunk: int) -> str:
    """The key of one chunk's rows of a table; `day` is `YYYY-MM-DD`."""
    return f"lake/{table}/dt={day}/{ref.object_id}-{chunk:05d}.jsonl.gz"


def saved_drafts_key(object_id: str, chunk: int, role: str, digest: str) -> str:
    """The key of one model's drafts of a chunk that waits for another model."""
    return f"work/drafts/{object_id}-{chunk:05d}/{role}-{digest}.json"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _bounded(key: str) -> str:
    """The landing key, or if it is too long, its beginning and a digest of the full key."""
    encoded = key.encode()
    if len(encoded) <= LONGEST_PLAIN_KEY:
        return key
    digest = hashlib.sha256(encoded).hexdigest()[:LONG_KEY_DIGEST]
    start = encoded[: LONGEST_PLAIN_KEY - LONG_KEY_DIGEST - 1].decode(errors="ignore")
    return f"{start}~{digest}"
