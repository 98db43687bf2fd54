"""SageMaker's instance types: their accelerators and storage, but no prices.

The accelerators are those that AWS lists for the EC2 types of the same name.
"""

from __future__ import annotations

from dataclasses import dataclass

PRICES = "hourly prices in your region: https://aws.amazon.com/sagemaker/pricing/"
# Families with built-in storage: a request must not contain a volume or its KMS key.
_BUILT_IN = ("g5", "g6", "g7e", "p5", "p6-b200", "trn1", "trn2")
_NVIDIA: dict[str, tuple[int, str]] = {
    "p3.2xlarge": (1, "V100 16 GB"),
    "p3.8xlarge": (4, "V100 16 GB"),
    "p3.16xlarge": (8, "V100 16 GB"),
    "p3dn.24xlarge": (8, "V100 32 GB"),
    "p4d.24xlarge": (8, "A100 40 GB"),
    "p4de.24xlarge": (8, "A100 80 GB"),
    "g4dn.xlarge": (1, "T4 16 GB"),
    "g4dn.2xlarge": (1, "T4 16 GB"),
    "g4dn.12xlarge": (4, "T4 16 GB"),
    "g5.2xlarge": (1, "A10G 24 GB"),
    "g5.4xlarge": (1, "A10G 24 GB"),
    "g5.8xlarge": (1, "A10G 24 GB"),
    "g5.12xlarge": (4, "A10G 24 GB"),
    "g5.16xlarge": (1, "A10G 24 GB"),
    "g5.24xlarge": (4, "A10G 24 GB"),
    "g5.48xlarge": (8, "A10G 24 GB"),
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
        what = f"{self.instance_type}{_accelerators(self.instance_type)}"
        return f"{count} x {what}, billed by the second, {until}"


def has_volume(instance_type: str) -> bool:
    """Whether a request may contain a volume and its KMS key.

    False for types with built-in storage, which is encrypted by hardware: SageMaker rejects
    VolumeSizeInGB and VolumeKmsKeyId for them.
    """
    family = instance_type.removeprefix("ml.").split(".")[0]
    return "d" not in family and not family.startswith(_BUILT_IN)


def _accelerators(instance_type: str) -> str:
    found = _NVIDIA.get(instance_type.removeprefix("ml."))
    return f" ({found[0]} x NVIDIA {found[1]} each)" if found else ""
