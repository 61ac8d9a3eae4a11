"""What a change does, in a row's few words."""

from __future__ import annotations

from typing import Any

from jpmanage_tui.operations.mutation import Mutation

END = 6


def brief(change: Mutation[Any]) -> str:
    """Return the sentence of a change with the end of the licence code only; the whole stands below the list."""
    key = getattr(change, "license_key", None)
    sentence = change.summary()
    return sentence.replace(f"({key})", f"…{key[-END:]}") if isinstance(key, str) else sentence
