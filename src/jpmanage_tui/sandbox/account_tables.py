"""The tables of the account half: cards, Stripe's intents, invoices, sign-in, switches."""

from __future__ import annotations

SCRIPT = """
CREATE TABLE switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE billing_modes (
    key_id INTEGER PRIMARY KEY REFERENCES partner_keys, price_interval TEXT NOT NULL);
CREATE TABLE cards (
    card_id INTEGER PRIMARY KEY AUTOINCREMENT, payment_method_id TEXT NOT NULL UNIQUE,
    key_id INTEGER REFERENCES partner_keys, brand TEXT NOT NULL, last4 TEXT NOT NULL,
    exp_month INTEGER NOT NULL, exp_year INTEGER NOT NULL, name TEXT, behaviour TEXT NOT NULL,
    is_default INTEGER NOT NULL DEFAULT 0, detached INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL);
CREATE INDEX cards_of_key ON cards (key_id, created_at, card_id) WHERE key_id IS NOT NULL;
CREATE TABLE setup_intents (
    intent_id TEXT PRIMARY KEY, client_secret TEXT NOT NULL UNIQUE, user_id INTEGER REFERENCES users,
    status TEXT NOT NULL, payment_method_id TEXT REFERENCES cards (payment_method_id), return_url TEXT,
    challenge TEXT, last_error TEXT, tries INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL);
CREATE TABLE invoices (
    position INTEGER PRIMARY KEY AUTOINCREMENT, invoice_id TEXT NOT NULL UNIQUE,
    key_id INTEGER NOT NULL REFERENCES partner_keys, number TEXT, created_at INTEGER NOT NULL, due_at INTEGER,
    effective_at INTEGER, status TEXT NOT NULL, total_cents INTEGER NOT NULL, currency TEXT NOT NULL,
    pdf_token TEXT NOT NULL, charged_to TEXT, paid_at INTEGER);
CREATE INDEX invoices_of_key ON invoices (key_id, created_at, position);
CREATE TABLE invoice_lines (
    invoice_id TEXT NOT NULL REFERENCES invoices (invoice_id), position INTEGER NOT NULL,
    description TEXT NOT NULL, days INTEGER NOT NULL, amount_cents INTEGER NOT NULL,
    PRIMARY KEY (invoice_id, position));
CREATE TABLE oauth_clients (
    client_id TEXT PRIMARY KEY, client_secret TEXT, name TEXT NOT NULL, redirect_uris TEXT NOT NULL,
    is_dynamic INTEGER NOT NULL, created_at INTEGER NOT NULL);
CREATE TABLE oauth_codes (
    code TEXT PRIMARY KEY, client_id TEXT NOT NULL REFERENCES oauth_clients, user_id INTEGER NOT NULL,
    redirect_uri TEXT NOT NULL, challenge TEXT, scope TEXT NOT NULL, expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE oauth_grants (
    access_token TEXT PRIMARY KEY, refresh_token TEXT UNIQUE, code TEXT, client_id TEXT NOT NULL,
    user_id INTEGER NOT NULL, scope TEXT NOT NULL, refresh_used INTEGER NOT NULL DEFAULT 0)
"""
