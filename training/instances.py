"""What SageMaker's instance types are: their accelerators, their storage. No prices are kept here.

Accelerators as AWS lists them for the EC2 types of the same name.
"""

from __future__ import annotations

from dataclasses import dataclass

PRICES = "what an hour costs in your region: https://aws.amazon.com/sagemaker/pricing/"
# Families whose storage is built in: no volume may be asked for, and no KMS key for it.
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
    """What is billed: instances of a type, as many as `least` to `most`, for at most `hours`.

    `hours` None: for as long as they are there. What an hour costs is the region's: PRICES.
    """

    instance_type: str
    least: int
    most: int
    hours: float | None

    def __str__(self) -> str:
        """One line."""
        count = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        until = (
            "while there"
            if self.hours is None
            else f"at most {self.hours * self.most:,.0f} instance-hours"
        )
        what = f"{self.instance_type}{_words(self.instance_type)}"
        return f"{count} x {what}, billed by the second, {until}"


def has_volume(instance_type: str) -> bool:
    """Whether a volume, and a KMS key for it, may be asked for.

    False for types with storage of their own, which the hardware encrypts: SageMaker refuses
    VolumeSizeInGB and VolumeKmsKeyId there.
    """
    family = instance_type.removeprefix("ml.").split(".")[0]
    return "d" not in family and not family.startswith(_BUILT_IN)


def _words(instance_type: str) -> str:
    found = _NVIDIA.get(instance_type.removeprefix("ml."))
    return f" ({found[0]} x NVIDIA {found[1]} each)" if found else ""
