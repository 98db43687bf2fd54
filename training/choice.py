"""Chooses instance types: the article's, or the nearest one that is still offered.

The rule, for a wanted type that JumpStart's metadata does not list: among the listed types of the
families in FAMILIES, the one with the least GPU memory that is not below the wanted type's; if two
have the same, the one whose family comes first. If none has as much, the one with the most. If
none of these families is listed, JumpStart's own default.
"""

from __future__ import annotations

from collections.abc import Sequence

from training.instances import Gpus, described, family_of, gpus_of, has_volume

# Families that AWS offers today, cheaper ones first among those with equal memory.
FAMILIES = ("g5", "g6", "g6e", "p4d", "p4de", "p5", "p5e", "p5en")
_ADVICE = 3  # types named in an error


def nearest(wanted: str, listed: Sequence[str], default: str) -> str:
    """The type to use: `wanted` if it is listed, otherwise by the rule above."""
    if wanted in listed:
        return wanted
    found = ranked(wanted, listed)
    return found[0] if found else default


def ranked(wanted: str, listed: Sequence[str]) -> list[str]:
    """The listed types of today's families except `wanted`, in the order in which to try them."""
    gpus = gpus_of(wanted)
    need = gpus.total_gb if gpus else 0
    known = [
        (name, found)
        for name in listed
        if name != wanted and family_of(name) in FAMILIES and (found := gpus_of(name))
    ]

    def rank(one: tuple[str, Gpus]) -> tuple[bool, int, int, int, str]:
        name, found = one
        enough = found.total_gb >= need
        return (
            not enough,
            found.total_gb if enough else -found.total_gb,
            FAMILIES.index(family_of(name)),
            found.storage_gb,  # of equal GPUs, the smaller type: it has less of everything else
            name,
        )

    return [name for name, _ in sorted(known, key=rank)]


def said(wanted: str, chosen: str, model: str) -> str:
    """One line about a type that replaces the wanted one."""
    return (
        f"{wanted} is not offered for {model}: using {described(chosen)} instead;"
        " choose another with --instance-type"
    )


def advice(failed: Sequence[str], listed: Sequence[str]) -> str:
    """Which types to try after these had no capacity, as the end of an error."""
    left = [name for name in ranked(failed[0], listed) if name not in failed][:_ADVICE]
    if not left:
        return "try again later, or another --region"
    return f"try again later, or with --instance-type {','.join(left)}"


def storage_problem(instance_type: str, volume_gb: int) -> str | None:
    """Why a job that needs `volume_gb` does not fit the type's own storage; None if it does."""
    gpus = gpus_of(instance_type)
    if gpus is None or has_volume(instance_type) or gpus.storage_gb >= volume_gb:
        return None
    return (
        f"{instance_type} has {gpus.storage_gb:,} GB of its own storage, which cannot be enlarged:"
        f" choose a larger type, or set --volume-gb {gpus.storage_gb} if that is enough"
    )
