"""The keys of every command as the program comes: footer, help, sentences and the user's `[keys]` take them from here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DEFAULT_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # everywhere
        "palette": ("ctrl+p",),
        "open-licenses": ("1",),
        "open-billing": ("2",),
        "open-payment-methods": ("3",),
        "open-invoices": ("4",),
        "open-prices": ("5",),
        "open-company": ("6",),
        "open-sites": ("S",),
        "open-operations": ("0",),
        "issue": ("i",),
        "site-list": ("L",),
        "focus": ("tab",),
        "focus-back": ("shift+tab",),
        "key": ("K",),
        "profile": ("P",),
        "refresh": ("r",),
        "repaint": ("ctrl+l",),
        "theme": ("t",),
        "back": ("escape",),
        "quit": ("q",),
        "interrupt": ("ctrl+c",),
        "support": (),
        "help": ("?",),
        # in every list
        "down": ("j", "down"),
        "up": ("k", "up"),
        "first": ("g", "home"),
        "last": ("G", "end"),
        "half-page-down": ("ctrl+d",),
        "half-page-up": ("ctrl+u",),
        "page-down": ("pagedown",),
        "page-up": ("pageup",),
        # in the sidebar
        "sidebar-down": ("j", "down"),
        "sidebar-up": ("k", "up"),
        "sidebar-open": ("enter", "right"),
        # in several sections
        "toggle": ("enter",),
        "expand": ("right",),
        "collapse": ("left",),
        "search": ("/",),
        "sort": ("s",),
        "export": ("e",),
        "copy": ("y",),
        "menu": (".",),
        "previous-filter": ("[",),
        "next-filter": ("]",),
        # Licenses
        "assign": ("a",),
        "unassign": ("u",),
        "move": ("m",),
        "revoke": ("x",),
        "view-site": ("o",),
        "debug-site": ("d",),
        "download": ("w",),
        "mark": ("space",),
        "mark-range": ("V",),
        "mark-all": ("*",),
        "undo": ("z",),
        "filter": ("f",),
        "index": ("F",),
        # Billing
        "bundles": ("b",),
        # Payment Methods
        "new-card": ("n",),
        "card-menu": (".", "enter"),
        "make-primary": ("m",),
        "delete-card": ("x",),
        "add-in-browser": ("b",),
        # Invoices
        "download-invoice": ("d",),
        "download-all-invoices": ("D",),
        "download-range": ("Y",),
        "pay": ("p",),
        # Prices
        "all-bundles": ("E",),
        # Company Details
        "edit-details": ("enter",),
        "update-details": ("f2",),
        # Sites
        "toggle-site": ("enter",),
        "expand-site": ("right",),
        "collapse-site": ("left",),
        "search-sites": ("/",),
        "assign-here": ("a",),
        "connect-site": ("n",),
        "licenses-here": ("l",),
        "view-this-site": ("o",),
        "debug-this-site": ("d",),
        "copy-address": ("y",),
        "client-leaves": ("x",),
        "site-menu": (".",),
        # Operations
        "look-up": ("l",),
        "was-done": ("d",),
        "was-not-done": ("n",),
        "resume-run": ("o",),
        "pause-run": ("p",),
        "retry-run": ("R",),
        "cancel-run": ("x",),
        # Issue New License
        "issue-next": ("enter",),
        "issue-choose": ("space",),
        "issue-more": ("+", "="),
        "issue-fewer": ("-",),
        "issue-quantity": ("#",),
        "issue-search": ("/",),
        "issue-size-before": ("[",),
        "issue-next-size": ("]",),
        "issue-clear": ("C",),
        "issue-site": ("a",),
        "issue-stop": ("s",),
        "issue-retry": ("R",),
        "issue-look": ("l",),
        "issue-copy": ("y",),
        "issue-copy-all": ("Y",),
        "issue-download": ("w",),
        "issue-again": ("n",),
        # List of Sites
        "site-list-open": ("enter",),
        "site-list-next": ("n",),
        "site-list-add": ("a",),
        "site-list-leave-out": ("x", "space"),
        "site-list-search": ("/",),
        "site-list-clear": ("C",),
    }
)
"""The keys of a command by its name, as `key_name` gives them; the first is the one that is shown."""

FIXED = frozenset(
    {
        "focus", "focus-back", "back", "interrupt",
        "down", "up", "first", "last", "half-page-down", "half-page-up", "page-down", "page-up",
        "sidebar-down", "sidebar-up", "sidebar-open",
        "toggle", "expand", "collapse", "edit-details", "toggle-site", "expand-site", "collapse-site", "issue-next",
        "site-list-open",
    }
)  # fmt: skip
"""The commands whose keys `[keys]` cannot change: they are part of how every list and form works."""
