"""Switches: states that a check or a demo can turn while the sandbox runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from difflib import get_close_matches

from jpmanage_tui.sandbox.jsontypes import Json, as_int
from jpmanage_tui.sandbox.options import TOKENS

CHOICES: dict[str, tuple[str, ...]] = {
    "billing": ("ready", "preparing"),
    "raw-cards": ("accepted", "surface", "unsafe"),
    "pay-answer": ("paid", "open", "error-after"),
    "issuing": ("allowed", "paused"),
    "stripe-configuration": ("complete", "no-key", "no-intent"),
    "children": ("nested", "flat"),
    "unknown-license": ("404", "400", "403"),
    "oauth-partner": ("allowed", "refused"),
    "oauth-loopback": ("allowed", "refused"),
    "oauth-approval": ("given", "denied"),
    "oauth-user": (TOKENS.user, TOKENS.user_new, TOKENS.user_tos, TOKENS.user_nocard),
    "pdf-kind": ("pdf", "html"),
}
"""Switches with named states; the first is the state when nobody turned it.

``pay-answer``: what a payment answers; ``error-after`` charges and then says 500 ``unable_to_pay_invoice``, which the
contract (account 1.5) warns of. ``issuing``: ``paused`` makes ``can_issue_licenses`` false (account 1.1).
``stripe-configuration``: which part of it is missing (account 1.7). ``children``: whether the flat list of licenses
holds the children of bundles too (licenses 1.8). ``unknown-license``: with which status an
unknown license or bundle is answered; the contract (licenses 1.2) asks for all three.
"""

NUMBERS: dict[str, int] = {"oauth-expires-in": 1_209_600, "pdf-seconds": 0, "pdf-extra-kb": 0}
"""Switches that hold a whole number (0 or more), and what it is when nobody set it."""


class SwitchError(Exception):
    """A switch cannot be turned as asked; the message names what is wrong."""


def choice(connection: sqlite3.Connection, name: str) -> str:
    """Return the state of a switch of `CHOICES`."""
    return _stored(connection, name) or CHOICES[name][0]


def number(connection: sqlite3.Connection, name: str) -> int:
    """Return the number that a switch of `NUMBERS` holds."""
    stored = _stored(connection, name)
    return NUMBERS[name] if stored is None else int(stored)


def states(connection: sqlite3.Connection) -> dict[str, Json]:
    """Return every switch with its state."""
    found: dict[str, Json] = {name: choice(connection, name) for name in CHOICES}
    return {**found, **{name: number(connection, name) for name in NUMBERS}}


def turn(connection: sqlite3.Connection, wanted: Mapping[str, Json]) -> None:
    """Turn the switches named; null turns one back. Raises SwitchError and leaves the rest to the caller."""
    for name, value in wanted.items():
        if value is None:
            _known(name)
            connection.execute("DELETE FROM switches WHERE name = ?", (name,))
            continue
        connection.execute("INSERT OR REPLACE INTO switches VALUES (?, ?)", (name, _state(name, value)))


def _state(name: str, value: Json) -> str:
    _known(name)
    if name in NUMBERS:
        whole = as_int(value)
        if whole is None or whole < 0:
            raise SwitchError(f"The switch {name!r} takes a whole number, not {value!r}.")
        return str(whole)
    if value not in CHOICES[name]:
        raise SwitchError(f"The switch {name!r} takes one of {', '.join(CHOICES[name])}, not {value!r}.")
    return str(value)


def _known(name: str) -> None:
    names = (*CHOICES, *NUMBERS)
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(names)}."
        raise SwitchError(f"There is no switch {name!r}: {hint}")


def _stored(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM switches WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])
