"""The variables of the environment that this program reads, and those that only look like one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

PREFIX = "JPMANAGE_"
VARIABLES = tuple(
    f"{PREFIX}{name}"
    for name in ("TOKEN", "USER_TOKEN", "API_URL", "STRIPE_URL", "CONFIG_DIR", "STATE_DIR", "DOWNLOAD_DIR")
)


def unknown_variables(env: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that has our prefix and is none of ours; it never holds a value."""
    return [
        _sentence(name) for name in sorted(env) if name.upper().startswith(PREFIX) and name not in VARIABLES
    ]


def _sentence(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.upper(), VARIABLES, n=1, cutoff=0.6)
    shown = re.sub(r"[^A-Za-z0-9_]", "?", name)
    end = f"did you mean {near[0]}?" if near else f"there are {', '.join(VARIABLES)}."
    return f"The variable {shown} is not known and has no effect; {end}"
