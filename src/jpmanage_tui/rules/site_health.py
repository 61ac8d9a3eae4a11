"""What is wrong with a site and what runs on it, as far as the API says (contract: licenses 1.18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.rules.text import pluralize

if TYPE_CHECKING:
    from jpmanage_tui.api.sites import Site

_GOOD_BACKUPS = ("success", "complete")
_PREFIXES = ("rewind_backup_", "backup_only_")


def backup_state(site: Site) -> str:
    """Return the state of the latest backup as the API words it, without its prefix; '' where it gives none."""
    status = site.latest_backup_status or ""
    for prefix in _PREFIXES:
        status = status.removeprefix(prefix)
    return status.replace("_", " ").strip()


def problems(site: Site) -> list[str]:
    """Return what is wrong with a site, a few words each, the worst first; empty where the API names nothing."""
    found = []
    if site.is_connection_healthy is False:
        found.append("disconnected")
    if site.monitor_active and site.monitor_site_status is False:
        found.append("down")
    if site.threats:
        found.append(pluralize(site.threats, "threat"))
    word = backup_state(site)
    if site.has_backup and word and word not in _GOOD_BACKUPS:
        found.append(f"backup {word}")
    if site.awaiting_plugin_updates:
        found.append(pluralize(len(site.awaiting_plugin_updates), "update"))
    return found


def health(site: Site) -> str:
    """Return the health of a site in one cell: its problems, or that there are none that the API knows of."""
    if found := problems(site):
        return ", ".join(found)
    return "connected" if site.is_connection_healthy else "—"


def health_state(site: Site) -> str:
    """Return the same behind the sign of the worst: that the site cannot be reached, or is in danger, or any other."""
    sign = "  "
    if problems(site):
        down = site.monitor_active and site.monitor_site_status is False
        sign = "✗ " if site.is_connection_healthy is False or down or site.threats else "! "
    return sign + health(site)


def products(site: Site) -> list[str]:
    """Return what runs on a site, as far as the API says."""
    flags = (
        (site.has_backup, "Backup"),
        (site.has_scan, "Scan"),
        (site.has_boost, "Boost"),
    )
    named = [words for on, words in flags if on]
    plan = [f"plan {site.plan_product_id}"] if site.plan_product_id is not None else []
    return [*named, *plan, *(f"product {product}" for product in site.product_ids)]
