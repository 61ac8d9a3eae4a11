"""The tables, one script an area, and whether a file already holds them."""

from __future__ import annotations

import sqlite3

from jpmanage_tui.sandbox.account_tables import SCRIPT as ACCOUNT
from jpmanage_tui.sandbox.options import SandboxError

VERSION = 2
"""Raised whenever a script changes: a file of another version is refused, not guessed at."""

PEOPLE = """
CREATE TABLE partners (
    partner_id INTEGER PRIMARY KEY, slug TEXT NOT NULL, name TEXT NOT NULL,
    contact_person TEXT NOT NULL DEFAULT '', company_website TEXT NOT NULL DEFAULT '',
    company_type TEXT NOT NULL DEFAULT '',
    managed_sites TEXT NOT NULL DEFAULT '', country TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT '',
    city TEXT NOT NULL DEFAULT '', line1 TEXT NOT NULL DEFAULT '', line2 TEXT NOT NULL DEFAULT '',
    postal_code TEXT NOT NULL DEFAULT '', tos TEXT NOT NULL DEFAULT 'not_consented',
    partner_type TEXT NOT NULL DEFAULT 'agency', has_valid_payment_method INTEGER NOT NULL DEFAULT 0,
    can_issue_licenses INTEGER NOT NULL DEFAULT 1);
CREATE TABLE partner_keys (
    key_id INTEGER PRIMARY KEY, partner_id INTEGER NOT NULL REFERENCES partners, name TEXT NOT NULL,
    disabled_at INTEGER);
CREATE TABLE users (
    user_id INTEGER PRIMARY KEY, login TEXT NOT NULL, display_name TEXT NOT NULL, email TEXT NOT NULL,
    folded TEXT NOT NULL, partner_id INTEGER REFERENCES partners, partner_types TEXT NOT NULL DEFAULT '');
CREATE TABLE tokens (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('key', 'user')),
    user_id INTEGER REFERENCES users, key_id INTEGER REFERENCES partner_keys,
    expires_at INTEGER, revoked_at INTEGER);
"""

CATALOG = """
CREATE TABLE families (slug TEXT PRIMARY KEY, name TEXT NOT NULL, position INTEGER NOT NULL);
CREATE TABLE products (
    product_id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, folded TEXT NOT NULL,
    family_slug TEXT NOT NULL REFERENCES families, currency TEXT NOT NULL, amount_cents INTEGER NOT NULL,
    price_interval TEXT NOT NULL, has_downloads INTEGER NOT NULL, position INTEGER NOT NULL);
CREATE TABLE bundles (
    product_id INTEGER NOT NULL REFERENCES products, quantity INTEGER NOT NULL, amount_cents INTEGER NOT NULL,
    PRIMARY KEY (product_id, quantity));
"""

SITES = """
CREATE TABLE sites (
    blog_id INTEGER PRIMARY KEY, partner_id INTEGER NOT NULL REFERENCES partners, url TEXT NOT NULL,
    folded TEXT NOT NULL, is_multisite INTEGER NOT NULL DEFAULT 0, may_manage INTEGER NOT NULL DEFAULT 1,
    connected INTEGER NOT NULL DEFAULT 1, healthy INTEGER NOT NULL DEFAULT 1,
    favorite INTEGER NOT NULL DEFAULT 0,
    backup_status TEXT NOT NULL DEFAULT 'success', threats INTEGER NOT NULL DEFAULT 0,
    plugin_updates INTEGER NOT NULL DEFAULT 0, is_up INTEGER NOT NULL DEFAULT 1, added_at INTEGER NOT NULL,
    php_version TEXT NOT NULL DEFAULT '8.2');
CREATE INDEX sites_by_url ON sites (partner_id, folded, blog_id);
"""

LICENSES = """
CREATE TABLE licenses (
    license_id INTEGER PRIMARY KEY AUTOINCREMENT, key_id INTEGER NOT NULL REFERENCES partner_keys,
    license_key TEXT NOT NULL UNIQUE, product_id INTEGER NOT NULL REFERENCES products,
    user_id INTEGER REFERENCES users, blog_id INTEGER, issued_at INTEGER NOT NULL, attached_at INTEGER,
    revoked_at INTEGER, owner_type TEXT, quantity INTEGER,
    parent_license_id INTEGER REFERENCES licenses (license_id));
CREATE INDEX licenses_issued ON licenses (key_id, issued_at, license_id) WHERE parent_license_id IS NULL;
CREATE INDEX licenses_attached ON licenses (key_id, attached_at, license_id) WHERE parent_license_id IS NULL;
CREATE INDEX licenses_revoked ON licenses (key_id, revoked_at, license_id) WHERE parent_license_id IS NULL;
CREATE INDEX licenses_children ON licenses (parent_license_id) WHERE parent_license_id IS NOT NULL;
CREATE INDEX licenses_on_site ON licenses (blog_id, product_id) WHERE blog_id IS NOT NULL;
CREATE INDEX licenses_states ON licenses (key_id, revoked_at, attached_at, quantity, owner_type)
    WHERE parent_license_id IS NULL;
CREATE INDEX licenses_standard ON licenses (user_id) WHERE owner_type = 'user';
"""

CHANGES = """
CREATE TABLE changes (
    change_id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL,
    subject TEXT NOT NULL, detail TEXT NOT NULL, key_id INTEGER, user_id INTEGER);
"""

SCRIPTS: tuple[str, ...] = (PEOPLE, CATALOG, SITES, LICENSES, CHANGES, ACCOUNT)


def is_filled(connection: sqlite3.Connection) -> bool:
    """Tell whether the file already holds the tables of this version.

    Raises SandboxError when it holds those of another version.
    """
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found not in (0, VERSION):
        raise SandboxError(
            f"The sandbox's file is of another version ({found}, this is {VERSION}); use another folder."
        )
    return found == VERSION


def create(connection: sqlite3.Connection) -> None:
    """Create every table. Belongs to the transaction it is called in."""
    for script in SCRIPTS:
        for statement in script.split(";"):
            if statement.strip():
                connection.execute(statement)
    connection.execute(f"PRAGMA user_version={VERSION}")
