"""Where each command of the app works: below the app, so that the command line can check `[keys]` without it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Scope(NamedTuple):
    """A place that has commands: its title, as help and README print it, and the names of its commands."""

    title: str
    commands: tuple[str, ...]


def _scope(title: str, commands: str) -> Scope:
    return Scope(title, tuple(commands.split()))


EVERYWHERE, LISTS, SIDEBAR = "everywhere", "lists", "sidebar"
SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        "everywhere": _scope(
            "Everywhere",
            "palette command-line open-licenses open-billing open-payment-methods open-invoices open-prices "
            "open-company open-sites open-all-keys open-operations issue site-list focus focus-back key "
            "profile refresh repaint theme mouse notices back quit interrupt tour support help",
        ),
        "lists": _scope(
            "In every list",
            "down up first last half-page-down half-page-up page-down page-up screen-top screen-middle "
            "screen-bottom",
        ),
        "sidebar": _scope(
            "In the sidebar",
            "sidebar-down sidebar-up sidebar-open",
        ),
        "licenses": _scope(
            "Licenses",
            "toggle expand collapse search issue assign unassign move revoke view-site debug-site copy "
            "download menu previous-filter next-filter sort detail-pane mark mark-range mark-all undo export "
            "filter index",
        ),
        "billing": _scope(
            "Billing",
            "toggle assign revoke issue sort previous-filter next-filter index detail-pane bundles copy mark "
            "mark-range mark-all undo export",
        ),
        "payment-methods": _scope(
            "Payment Methods",
            "new-card card-menu make-primary delete-card add-in-browser",
        ),
        "invoices": _scope(
            "Invoices",
            "toggle download-invoice download-all-invoices pay copy download-range mark mark-range mark-all "
            "previous-filter next-filter detail-pane export",
        ),
        "prices": _scope(
            "Prices",
            "toggle expand collapse all-bundles search sort export",
        ),
        "company": _scope(
            "Company Details",
            "edit-details update-details",
        ),
        "sites": _scope(
            "Sites",
            "toggle-site expand-site collapse-site search-sites previous-filter next-filter sort detail-pane "
            "assign-here connect-site licenses-here view-this-site debug-this-site copy-address site-menu "
            "client-leaves undo export",
        ),
        "all-keys": _scope(
            "All Keys",
            "toggle search previous-filter next-filter sort copy export",
        ),
        "operations": _scope(
            "Operations",
            "toggle look-up was-done was-not-done resume-run pause-run retry-run cancel-run undo copy search "
            "filter previous-filter next-filter export menu",
        ),
        "issue-new-license": _scope(
            "Issue New License",
            "issue-next issue-choose issue-more issue-fewer issue-quantity issue-search issue-size-before "
            "issue-next-size issue-clear issue-site issue-stop issue-retry issue-look issue-copy "
            "issue-copy-all issue-download undo issue-again",
        ),
        "list-of-sites": _scope(
            "List of Sites",
            "site-list-open site-list-next site-list-add site-list-leave-out site-list-search "
            "site-list-clear previous-filter export next-filter",
        ),
    }
)
"""The places of the program by their names. The commands of those that are sections may have keys of their own in a
table `[keys.<name>]`; a test compares all of them with the command sets of the app."""


def sections() -> dict[str, Scope]:
    """Return the places that are sections, by their names in `[keys.<name>]`."""
    return {name: scope for name, scope in SCOPES.items() if name not in (EVERYWHERE, LISTS, SIDEBAR)}
