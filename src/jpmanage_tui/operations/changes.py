"""All changes by name, and the way back from the journal."""

from __future__ import annotations

from typing import Any

from jpmanage_tui.operations.change import NO_SECRETS, Change, ChangeKind, Secrets, Undecided
from jpmanage_tui.operations.license_changes import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)

__all__ = [
    "NO_SECRETS",
    "AssignLicense",
    "Change",
    "ChangeKind",
    "IssueLicense",
    "RevokeLicense",
    "Secrets",
    "UnassignLicense",
    "Undecided",
    "change_from_json",
]

_TYPES: dict[str, type[Change[Any]]] = {
    change.kind.value: change for change in (AssignLicense, UnassignLicense, RevokeLicense, IssueLicense)
}


def change_from_json(kind: str, text: str) -> Change[Any]:
    """Return the change of ``kind`` that ``Change.to_json`` wrote as ``text``.

    Raises:
        ValueError: the kind is not known, or the text is not such a change.

    """
    if kind not in _TYPES:
        raise ValueError(f"{kind!r} is no kind of change")
    return _TYPES[kind].from_json(text)
