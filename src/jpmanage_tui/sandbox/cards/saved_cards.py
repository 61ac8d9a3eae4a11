"""Saved cards: one is the primary of its key, and the partner's standing follows from them.

A partner has a valid payment method while each of its keys has a card: so an answer that names no primary any more
means, as in the contract (account 1.4), that the account has lost its valid payment method. Numbers are never kept.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from jpmanage_tui.sandbox.identifiers import ident
from jpmanage_tui.sandbox.jsontypes import Json

PER_PAGE = 10
"""Cards on a page; the real server's number is not known."""


@dataclass(frozen=True)
class NewCard:
    """What is kept of a card. `behavior` is a name of ``stripe_cards.BEHAVIORS``."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int
    name: str | None
    behavior: str = "ok"


def add(connection: sqlite3.Connection, card: NewCard, created_at: int, key_id: int | None = None) -> str:
    """Add a card, of a key or of nobody yet, and return its payment method id."""
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'cards'").fetchone()
    payment_method_id = ident("pm_1", 0 if last is None else last["seq"], created_at)
    kept = (card.brand, card.last4, card.exp_month, card.exp_year, card.name, card.behavior)
    connection.execute(
        "INSERT INTO cards (payment_method_id, key_id, brand, last4, exp_month, exp_year, name, behaviour,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (payment_method_id, key_id, *kept, created_at),
    )
    return payment_method_id


def of_key(connection: sqlite3.Connection, key_id: int) -> list[sqlite3.Row]:
    """Return a key's cards, newest first."""
    return connection.execute(
        "SELECT * FROM cards WHERE key_id = ? ORDER BY created_at DESC, card_id DESC", (key_id,)
    ).fetchall()


def find(connection: sqlite3.Connection, payment_method_id: str) -> sqlite3.Row | None:
    """Return a card that was not deleted, whoever has it."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM cards WHERE payment_method_id = ? AND NOT detached", (payment_method_id,)
    ).fetchone()
    return row


def primary(connection: sqlite3.Connection, key_id: int) -> sqlite3.Row | None:
    """Return the card that a key's invoices are charged to."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM cards WHERE key_id = ? AND is_default", (key_id,)
    ).fetchone()
    return row


def attach(connection: sqlite3.Connection, key_id: int, payment_method_id: str, *, as_primary: bool) -> None:
    """Give a card to a key. The first card of a key becomes primary whatever was asked."""
    connection.execute("UPDATE cards SET key_id = ? WHERE payment_method_id = ?", (key_id, payment_method_id))
    if as_primary or primary(connection, key_id) is None:
        make_primary(connection, key_id, payment_method_id)
    refresh_partner(connection, key_id)


def make_primary(connection: sqlite3.Connection, key_id: int, payment_method_id: str) -> None:
    """Make one of a key's cards its primary, and no other."""
    connection.execute(
        "UPDATE cards SET is_default = (payment_method_id = ?) WHERE key_id = ?", (payment_method_id, key_id)
    )


def detach(connection: sqlite3.Connection, key_id: int, payment_method_id: str, successor: str) -> str:
    """Delete a card and return the id of the primary afterwards, "" when no card is left.

    `successor` becomes primary when it is given, even where a secondary card is deleted; without it the newest
    other card follows a deleted primary.
    """
    connection.execute(
        "UPDATE cards SET key_id = NULL, is_default = 0, detached = 1 WHERE payment_method_id = ?",
        (payment_method_id,),
    )
    left = of_key(connection, key_id)
    if successor:
        make_primary(connection, key_id, successor)
    elif left and primary(connection, key_id) is None:
        make_primary(connection, key_id, left[0]["payment_method_id"])
    refresh_partner(connection, key_id)
    now_primary = primary(connection, key_id)
    return "" if now_primary is None else str(now_primary["payment_method_id"])


def refresh_partner(connection: sqlite3.Connection, key_id: int) -> None:
    """Bring ``has_valid_payment_method`` of the partner of a key up to date."""
    connection.execute(
        "UPDATE partners SET has_valid_payment_method = NOT EXISTS (SELECT 1 FROM partner_keys k"
        " WHERE k.partner_id = partners.partner_id AND k.disabled_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM cards c WHERE c.key_id = k.key_id))"
        " WHERE partner_id = (SELECT partner_id FROM partner_keys WHERE key_id = ?)",
        (key_id,),
    )


def card_json(row: sqlite3.Row) -> Json:
    """Write a card as the list does. `created` is Unix seconds as a string, as of invoices (format ours)."""
    return {
        "id": row["payment_method_id"],
        "card": {
            "brand": row["brand"],
            "exp_month": row["exp_month"],
            "exp_year": row["exp_year"],
            "last4": row["last4"],
        },
        "is_default": bool(row["is_default"]),
        "name": row["name"],
        "created": str(row["created_at"]),
    }
