"""The typed settings of fine-tuning and deployment; the defaults are the article's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["fine-tuned", "pre-trained"]
Routing = Literal["LEAST_OUTSTANDING_REQUESTS", "RANDOM"]
ROLES: tuple[Role, ...] = ("fine-tuned", "pre-trained")

# On every resource that is created: jobs are found by it, and `teardown` deletes only what has it.
PROJECT_TAG = ("project", "radiology-impressions")
MODEL_TAG, VERSION_TAG = "model-id", "model-version"
FINGERPRINT_TAG = "fingerprint"

# A number as Python prints it: the article's `([0-9\.]+)` reads 1e-05 as 1.
_NUMBER = r"([0-9.]+(?:e[-+]?[0-9]+)?)"


# The article's model and the instance types on which it was trained and served.
MODEL_ID = "huggingface-text2text-flan-t5-xl"
TRAINING_TYPE, SERVING_TYPE = "ml.p3.16xlarge", "ml.g5.2xlarge"


@dataclass(frozen=True)
class Metric:
    """A metric that is read from a job's log: the first group of `regex` is its value."""

    name: str
    regex: str


METRICS = (
    Metric("val_loss", f"'eval_loss': {_NUMBER}"),
    Metric("train_loss", f"'loss': {_NUMBER}"),
    Metric("epoch", f"'epoch': {_NUMBER}"),
)


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where a container runs; give both subnets and security groups, or neither."""

    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    isolated: bool = True
    encrypted_between_containers: bool = True


@dataclass(frozen=True, kw_only=True)
class Artefacts:
    """Replacements for what JumpStart provides: an image in ECR, and s3://….tar.gz.

    With an image and a model, JumpStart's metadata is not read: the model may be gone from it.
    """

    image: str | None = None
    model: str | None = None
    script: str | None = None

    @property
    def are_complete(self) -> bool:
        """Whether JumpStart's metadata is not needed."""
        return self.image is not None and self.model is not None


@dataclass(frozen=True, kw_only=True)
class FineTune:
    """One fine-tuning job.

    `data` is an s3:// prefix or a folder with `train.jsonl` and `template.json`, `output` an s3://
    prefix. The volume is in GB, the run time in seconds. `instance_types` are tried in turn while
    there is no capacity; none means the article's, or the nearest that JumpStart lists.
    `spot_max_wait_s` is the maximum of waiting and running together on spot instances; None means
    instances on demand. `hyperparameters` override the model's defaults, as the strings that the
    training script expects ("True", not "true"); `lora` trains a low-rank adapter. `base` is
    another model to start from (s3://….tar.gz); None means the one of `model_id`. `own` replaces
    what JumpStart provides. `tolerates_vulnerable` accepts a version with known vulnerabilities in
    its packages.
    """

    data: str
    output: str
    role_arn: str
    model_id: str = MODEL_ID
    model_version: str = "1.*"
    instance_types: tuple[str, ...] = ()
    instance_count: int = 1
    volume_gb: int = 300
    max_runtime_s: int = 360_000
    spot_max_wait_s: int | None = None
    lora: bool = False
    hyperparameters: Mapping[str, str] = field(default_factory=lambda: {"epochs": "3"})
    metrics: tuple[Metric, ...] = METRICS
    network: Network = Network()
    kms_key: str | None = None
    tags: Mapping[str, str] = field(default_factory=lambda: dict([PROJECT_TAG]))
    job_name: str | None = None
    base: str | None = None
    own: Artefacts = Artefacts()
    tolerates_vulnerable: bool = False


@dataclass(frozen=True, kw_only=True)
class Container:
    """What an endpoint runs: an image, the model's weights and the environment.

    `weights` is s3://….tar.gz or an s3:// prefix of unpacked files.
    """

    image: str
    weights: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Repack:
    """An archive that is made from weights and the script that serves them, all s3://….tar.gz."""

    weights: str
    script: str
    place: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.place} is made of {self.weights} and the inference script {self.script}"


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Auto scaling of a model's instances, by load and on a schedule.

    `invocations_per_instance` is the target load per minute; cooldowns are in seconds.
    `night` and `morning` are cron expressions in UTC: between them, the minimum number of instances
    is `night_instances`. Empty means no schedule.
    """

    least: int = 1
    most: int = 4
    invocations_per_instance: float = 20.0
    scale_in_cooldown_s: int = 600
    scale_out_cooldown_s: int = 120
    night: str = ""
    morning: str = ""
    night_instances: int = 2


@dataclass(frozen=True, kw_only=True)
class Serving:
    """One endpoint in one role. `version` is stored with every impression that it generates.

    `repack` describes the archive of `container.weights` if it is made first. `routing` is
    SageMaker's strategy among several instances; None means its default, random.
    `max_output_length`, in tokens, is written to the stack's generation parameters; None leaves
    them.
    """

    role: Role
    endpoint_name: str
    model_id: str
    version: str
    container: Container
    execution_role_arn: str
    instance_type: str = SERVING_TYPE
    volume_gb: int = 256
    start_timeout_s: int = 1200
    repack: Repack | None = None
    routing: Routing | None = None
    max_output_length: int | None = None
    scaling: Scaling | None = Scaling()
    network: Network = Network()
    kms_key: str | None = None
    tags: Mapping[str, str] = field(default_factory=lambda: dict([PROJECT_TAG]))
