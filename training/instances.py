"""SageMaker's instance types: their accelerators and storage, but no prices.

The figures are those that AWS lists for the EC2 types of the same name.
"""

from __future__ import annotations

from dataclasses import dataclass

PRICES = "hourly prices in your region: https://aws.amazon.com/sagemaker/pricing/"
# Families with built-in storage: a request must not contain a volume or its KMS key.
_BUILT_IN = ("g5", "g6", "g7e", "p5", "p6-b200", "trn1", "trn2")


@dataclass(frozen=True)
class Gpus:
    """The GPUs of a type: how many, their name, the memory of each, and the type's own disks.

    Both sizes are in GB; `storage_gb` is 0 for a type whose storage is a volume.
    """

    count: int
    name: str
    memory_gb: int
    storage_gb: int

    @property
    def total_gb(self) -> int:
        """The memory of all GPUs together."""
        return self.count * self.memory_gb


_GPUS = {
    "p3.2xlarge": Gpus(1, "V100", 16, 0),
    "p3.8xlarge": Gpus(4, "V100", 16, 0),
    "p3.16xlarge": Gpus(8, "V100", 16, 0),
    "p3dn.24xlarge": Gpus(8, "V100", 32, 1_800),
    "p4d.24xlarge": Gpus(8, "A100", 40, 8_000),
    "p4de.24xlarge": Gpus(8, "A100", 80, 8_000),
    "p5.4xlarge": Gpus(1, "H100", 80, 3_840),
    "p5.48xlarge": Gpus(8, "H100", 80, 30_720),
    "p5e.48xlarge": Gpus(8, "H200", 141, 30_720),
    "p5en.48xlarge": Gpus(8, "H200", 141, 30_720),
    "g4dn.xlarge": Gpus(1, "T4", 16, 125),
    "g4dn.2xlarge": Gpus(1, "T4", 16, 225),
    "g4dn.4xlarge": Gpus(1, "T4", 16, 225),
    "g4dn.8xlarge": Gpus(1, "T4", 16, 900),
    "g4dn.12xlarge": Gpus(4, "T4", 16, 900),
    "g4dn.16xlarge": Gpus(1, "T4", 16, 900),
    "g5.xlarge": Gpus(1, "A10G", 24, 250),
    "g5.2xlarge": Gpus(1, "A10G", 24, 450),
    "g5.4xlarge": Gpus(1, "A10G", 24, 600),
    "g5.8xlarge": Gpus(1, "A10G", 24, 900),
    "g5.12xlarge": Gpus(4, "A10G", 24, 3_800),
    "g5.16xlarge": Gpus(1, "A10G", 24, 1_900),
    "g5.24xlarge": Gpus(4, "A10G", 24, 3_800),
    "g5.48xlarge": Gpus(8, "A10G", 24, 7_600),
    "g6.xlarge": Gpus(1, "L4", 24, 250),
    "g6.2xlarge": Gpus(1, "L4", 24, 450),
    "g6.4xlarge": Gpus(1, "L4", 24, 600),
    "g6.8xlarge": Gpus(1, "L4", 24, 900),
    "g6.12xlarge": Gpus(4, "L4", 24, 3_760),
    "g6.16xlarge": Gpus(1, "L4", 24, 1_880),
    "g6.24xlarge": Gpus(4, "L4", 24, 3_760),
    "g6.48xlarge": Gpus(8, "L4", 24, 7_520),
    "g6e.xlarge": Gpus(1, "L40S", 48, 250),
    "g6e.2xlarge": Gpus(1, "L40S", 48, 450),
    "g6e.4xlarge": Gpus(1, "L40S", 48, 600),
    "g6e.8xlarge": Gpus(1, "L40S", 48, 900),
    "g6e.12xlarge": Gpus(4, "L40S", 48, 3_800),
    "g6e.16xlarge": Gpus(1, "L40S", 48, 1_900),
    "g6e.24xlarge": Gpus(4, "L40S", 48, 3_800),
    "g6e.48xlarge": Gpus(8, "L40S", 48, 7_600),
}


@dataclass(frozen=True)
class PriceClass:
    """What is billed: `least` to `most` instances of a type, for at most `hours`.

    `hours` None means until they are deleted. The hourly price depends on the region: see PRICES.
    """

    instance_type: str
    least: int
    most: int
    hours: float | None

    def __str__(self) -> str:
        """One line."""
        count = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        until = (
            "until deleted"
            if self.hours is None
            else f"at most {self.hours * self.most:,.0f} instance-hours"
        )
        return f"{count} x {described(self.instance_type)}, billed by the second, {until}"


def has_volume(instance_type: str) -> bool:
    """Whether a request may contain a volume and its KMS key.

    False for types with built-in storage, which is encrypted by hardware: SageMaker rejects
    VolumeSizeInGB and VolumeKmsKeyId for them.
    """
    family = family_of(instance_type)
    return "d" not in family and not family.startswith(_BUILT_IN)


def family_of(instance_type: str) -> str:
    """The family: `g5` of `ml.g5.2xlarge`."""
    return instance_type.removeprefix("ml.").partition(".")[0]


def gpus_of(instance_type: str) -> Gpus | None:
    """The GPUs of a type; None if the type has none or is not in the table."""
    return _GPUS.get(instance_type.removeprefix("ml."))


def described(instance_type: str) -> str:
    """The type with its GPUs, if they are known."""
    found = gpus_of(instance_type)
    if found is None:
        return instance_type
    return f"{instance_type} ({found.count} x NVIDIA {found.name} {found.memory_gb} GB each)"
