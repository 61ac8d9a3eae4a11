"""Partners, their keys, and the WordPress.com users; the fixed tokens of every sandbox."""

from __future__ import annotations

import sqlite3

from jpmanage_tui.sandbox.options import TOKENS
from jpmanage_tui.sandbox.seed_options import SeedPlan

AGENCY, OPEN_TERMS, NO_CARD = 4021, 4388, 4502
"""Partner ids."""

KEY, KEY_2, KEY_TOS, KEY_NOCARD = 90_121, 90_377, 91_040, 91_266
"""Partner key ids."""

OWNER_USERS: tuple[tuple[int, str, str], ...] = (
    (71_500_201, "adaobi", "Adaobi Nwosu"),
    (71_500_202, "joao-pires", "João Pires"),
    (71_500_203, "søren", "Søren Kjærgaard"),
    (71_500_204, "lukasz.z", "Łukasz Żak"),
    (71_500_205, "yuki", "山田 ゆき"),
    (71_500_206, "zoe", "Zoë Müller"),
)
"""Who first attached the agency's licenses (id, login, name)."""

OUTSIDE_USERS: tuple[tuple[int, str, str], ...] = (
    (68_102_331, "bakkerij-smit", "Bakkerij Smit"),
    (68_102_332, "drhassan", "Dr Hassan"),
    (68_102_333, "ειρήνη", "Ειρήνη Παππά"),
)
"""Clients who bought a license themselves (standard licenses)."""

USER, USER_NEW, USER_TOS, USER_NOCARD = 71_500_200, 71_500_300, 71_500_400, 71_500_500
"""The ids of the users who can sign in."""

_PARTNERS: tuple[dict[str, str | int], ...] = (
    {
        "partner_id": AGENCY,
        "slug": "nordlicht-digital",
        "name": "Nordlicht Digital",
        "contact_person": "Adaobi Nwosu",
        "company_website": "https://nordlicht-digital.example",
        "company_type": "agency",
        "managed_sites": "101-500",
        "country": "US",
        "state": "TX",
        "city": "Austin",
        "line1": "1100 Congress Ave",
        "line2": "Suite 4",
        "postal_code": "78701",
        "tos": "consented",
        "has_valid_payment_method": 1,
    },
    {
        "partner_id": OPEN_TERMS,
        "slug": "kleine-werkstatt",
        "name": "Kleine Werkstatt",
        "contact_person": "Jonas Weber",
        "company_website": "https://kleine-werkstatt.example",
        "company_type": "freelancer",
        "managed_sites": "6-20",
        "country": "DE",
        "state": "",
        "city": "Leipzig",
        "line1": "Karl-Heine-Straße 12",
        "line2": "",
        "postal_code": "04229",
        "tos": "not_consented",
        "has_valid_payment_method": 0,
    },
    {
        "partner_id": NO_CARD,
        "slug": "atelier-brume",
        "name": "Atelier Brume",
        "contact_person": "Chloé Lefèvre",
        "company_website": "https://atelier-brume.example",
        "company_type": "agency",
        "managed_sites": "21-50",
        "country": "FR",
        "state": "",
        "city": "Nantes",
        "line1": "3 rue de la Fosse",
        "line2": "",
        "postal_code": "44000",
        "tos": "consented",
        "has_valid_payment_method": 0,
    },
)
_KEYS = (
    (KEY, AGENCY, "Nordlicht Digital"),
    (KEY_2, AGENCY, "Nordlicht Hosting"),
    (KEY_TOS, OPEN_TERMS, "Kleine Werkstatt"),
    (KEY_NOCARD, NO_CARD, "Atelier Brume"),
)
_SIGN_IN = (
    (USER, "nordlicht", "Nordlicht Digital", AGENCY, "agency"),
    (USER_NEW, "newcomer", "New Comer", None, ""),
    (USER_TOS, "kleinewerkstatt", "Kleine Werkstatt", OPEN_TERMS, "agency"),
    (USER_NOCARD, "atelierbrume", "Atelier Brume", NO_CARD, "agency"),
)
_TOKENS = (
    (TOKENS.key, "key", None, KEY),
    (TOKENS.key_2, "key", None, KEY_2),
    (TOKENS.key_tos, "key", None, KEY_TOS),
    (TOKENS.key_nocard, "key", None, KEY_NOCARD),
    (TOKENS.user, "user", USER, None),
    (TOKENS.user_new, "user", USER_NEW, None),
    (TOKENS.user_tos, "user", USER_TOS, None),
    (TOKENS.user_nocard, "user", USER_NOCARD, None),
)


def fill(connection: sqlite3.Connection, plan: SeedPlan) -> None:
    """Fill partners, partner_keys, users and tokens."""
    connection.executemany(
        "INSERT INTO partners (partner_id, slug, name, contact_person, company_website, company_type,"
        " managed_sites, country, state, city, line1, line2, postal_code, tos, has_valid_payment_method)"
        " VALUES (:partner_id, :slug, :name, :contact_person, :company_website, :company_type,"
        " :managed_sites, :country, :state, :city, :line1, :line2, :postal_code,"
        " :tos, :has_valid_payment_method)",
        _PARTNERS,
    )
    connection.executemany("INSERT INTO partner_keys (key_id, partner_id, name) VALUES (?, ?, ?)", _KEYS)
    for user_id, login, name in OWNER_USERS + OUTSIDE_USERS:
        _add_user(connection, user_id, login, name, None, "")
    for user_id, login, name, partner_id, types in _SIGN_IN:
        _add_user(connection, user_id, login, name, partner_id, types)
    connection.executemany("INSERT INTO tokens (token, kind, user_id, key_id) VALUES (?, ?, ?, ?)", _TOKENS)


def _add_user(
    connection: sqlite3.Connection, user_id: int, login: str, name: str, partner_id: int | None, types: str
) -> None:
    connection.execute(
        "INSERT INTO users (user_id, login, display_name, email, folded, partner_id, partner_types)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (user_id, login, name, f"user{user_id}@mail.example", login.casefold(), partner_id, types),
    )
