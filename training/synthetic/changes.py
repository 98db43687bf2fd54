"""Tables: change since an earlier film, and its word in the impression."""

from __future__ import annotations

from collections.abc import Mapping

from training.synthetic.report import Change

# (text appended to the sentence in the findings, word before the phrase in the impression)
TAILS: Mapping[Change, tuple[tuple[str, str], ...]] = {
    "stable": (
        (", unchanged", "Unchanged"),
        (", unchanged from the prior study", "Unchanged"),
        (", stable", "Stable"),
        (", stable compared with the prior examination", "Stable"),
        (", not significantly changed", "Unchanged"),
        (", similar to the prior study", "Stable"),
    ),
    "better": (
        (", decreased from the prior study", "Decreased"),
        (", decreased since prior", "Decreased"),
        (", improved since the prior examination", "Improved"),
        (", improved", "Improved"),
        (", less extensive than before", "Decreased"),
    ),
    "worse": (
        (", increased from the prior study", "Increased"),
        (", increased since prior", "Increased"),
        (", worse than on the prior study", "Worsening"),
        (", worsened since the prior examination", "Worsening"),
        (", more extensive than before", "Increased"),
    ),
    "new": (
        (", new from the prior study", "New"),
        (", new since prior", "New"),
        (", not seen on the prior examination", "New"),
        (", which is new", "New"),
    ),
}

# Alternatives to the two most common openings, including the space that follows.
OPENINGS: Mapping[str, tuple[str, ...]] = {
    "There is ": (
        "There appears to be ",
        "Note is made of ",
        "Demonstrated is ",
        "Findings include ",
        "Noted is ",
        "Radiograph shows ",
        "I see ",
    ),
    "There are ": (
        "There appear to be ",
        "Note is made of ",
        "Demonstrated are ",
        "Findings include ",
        "Noted are ",
        "Radiograph shows ",
    ),
}
