"""The keys of every command as the program comes: footer, help, sentences and the user's `[keys]` take them from here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DEFAULT_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # everywhere
        "palette": ("ctrl+p",),
        "command-line": (":",),
        "open-licenses": ("1",),
        "open-billing": ("2",),
        "open-payment-methods": ("3",),
        "open-invoices": ("4",),
        "open-prices": ("5",),
        "open-company": ("6",),
        "open-sites": ("S",),
        "open-all-keys": ("A",),
        "open-operations": ("0",),
        "issue": ("i",),
        "site-list": ("I",),
        "focus": ("tab",),
        "focus-back": ("shift+tab",),
        "key": ("K",),
        "profile": ("P",),
        "refresh": ("r", "f5"),
        "repaint": ("ctrl+l",),
        "theme": ("t",),
        "mouse": ("f9",),
        "notices": ("!",),
        "back": ("escape",),
        "quit": ("q",),
        "interrupt": ("ctrl+c",),
        "tour": ("f4",),
        "support": (),
        "help": ("?", "f1"),
        # in every list
        "down": ("j", "down"),
        "up": ("k", "up"),
        "first": ("g", "home"),
        "last": ("G", "end"),
        "half-page-down": ("ctrl+d",),
        "half-page-up": ("ctrl+u",),
        "page-down": ("pagedown",),
        "page-up": ("pageup",),
        "screen-top": ("H",),
        "screen-middle": ("M",),
        "screen-bottom": ("L",),
        # in the sidebar
        "sidebar-down": ("j", "down"),
        "sidebar-up": ("k", "up"),
        "sidebar-open": ("enter", "right"),
        # in several sections
        "toggle": ("enter",),
        "expand": ("right", "l"),
        "collapse": ("left", "h"),
        "search": ("/",),
        "sort": ("s",),
        "export": ("e",),
        "copy": ("y",),
        "menu": (".",),
        "previous-filter": ("[",),
        "next-filter": ("]",),
        "detail-pane": ("f3",),
        # Licenses
        "assign": ("a",),
        "unassign": ("u",),
        "move": ("m",),
        "revoke": ("x",),
        "view-site": ("o",),
        "debug-site": ("d",),
        "download": ("w",),
        "mark": ("space",),
        "mark-range": ("V", "v"),
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
        "collapse-site": ("left", "h"),
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

FIXED = frozenset({"focus", "focus-back", "back", "interrupt"})
"""The commands whose keys `[keys]` cannot change: every form and dialog is left and walked through by them."""
STAYING_KEYS = frozenset({"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "enter"})
"""Keys that no command loses: one that has another key in `[keys]` keeps these."""
LATER_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "command-line": (":",),
        "open-all-keys": ("A",),
        "site-list": ("I",),
        "profile": ("P",),
        "refresh": ("f5",),
        "mouse": ("f9",),
        "notices": ("!",),
        "tour": ("f4",),
        "help": ("f1",),
        "screen-top": ("H",),
        "screen-middle": ("M",),
        "screen-bottom": ("L",),
        "expand": ("l",),
        "collapse": ("h",),
        "collapse-site": ("h",),
        "detail-pane": ("f3",),
        "mark-range": ("v",),
    }
)
"""Keys that came after the first release: a `[keys]` of before may have given one to another command, which keeps it."""
FOLLOWS: Mapping[str, str] = MappingProxyType({"sidebar-down": "down", "sidebar-up": "up"})
"""Commands that take the keys of another one in `[keys]`, unless they are named there themselves."""
RENAMED: Mapping[str, str] = MappingProxyType({"log": "open-operations"})
"""Names of earlier releases that the user's `[keys]` may still have, and the command they mean now."""
