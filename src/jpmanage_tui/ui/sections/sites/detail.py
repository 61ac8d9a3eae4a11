"""What the API says of a site, in words (contract: licenses 1.18)."""

from __future__ import annotations

from collections.abc import Sequence

from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.site_health import backup_state, products
from jpmanage_tui.rules.text import format_datetime, pluralize
from jpmanage_tui.ui.common.keys import key_for

Fact = tuple[str, str]
UNSAID = "the API does not say"
LABEL_WIDTH = 12


def _connection(site: Site) -> str:
    words = {True: "healthy", False: "not healthy: Jetpack does not answer there", None: UNSAID}
    return words[site.is_connection_healthy]


def _monitor(site: Site) -> str:
    if not site.monitor_active:
        return UNSAID if site.monitor_active is None else "off"
    states = {True: "the site is up", False: "the site is down", None: UNSAID}
    since = site.monitor_last_status_change
    return f"on, {states[site.monitor_site_status]}" + (f" since {format_datetime(since)}" if since else "")


def _scan(site: Site) -> str:
    if site.threats:
        return f"{pluralize(site.threats, 'threat')} found"
    if not site.has_scan:
        return UNSAID if site.has_scan is None else "off"
    return "on, no threats found" if site.threats is not None else f"on, {UNSAID} what the latest found"


def _backup(site: Site) -> str:
    word = backup_state(site)
    if not site.has_backup:
        return UNSAID if site.has_backup is None else "off"
    return f"on, the latest: {word}" if word else f"on, {UNSAID} how the latest ended"


def _updates(site: Site) -> str:
    waiting = site.awaiting_plugin_updates
    if waiting is None:
        return UNSAID
    return (
        f"{pluralize(len(waiting), 'plugin')} to update: {', '.join(waiting)}" if waiting else "none waiting"
    )


def site_facts(site: Site, licenses: str) -> list[Fact]:
    """Return the facts about a site as (label, value); `licenses` is the line about its licenses."""
    found = [
        ("Address", site.address),
        ("Site ID", str(site.blog_id)),
        ("Licenses", licenses),
        ("Products", ", ".join(products(site)) or "none reported"),
        ("Connection", _connection(site)),
        ("Monitor", _monitor(site)),
        ("Scan", _scan(site)),
        ("Backup", _backup(site)),
        ("Updates", _updates(site)),
        ("PHP", site.php_version or UNSAID),
    ]
    if site.is_multisite:
        found.append(("Multisite", "yes; Backup and Scan do not work there"))
    return found


def licenses_line(licenses: Sequence[License], inside: bool, left_out: str = "") -> str:
    """Return the line about the licenses that are assigned to a site.

    `inside`: those inside bundles are among them. `left_out` says in a few words what else may be missing.
    """
    named = ", ".join(_named(license) for license in licenses) or "none found by the site's address"
    lacks = "" if inside else f"not searched inside bundles ({key_for('licenses-here')} searches them too)"
    return "; ".join(words for words in (named, lacks, left_out) if words)


def _named(license: License) -> str:
    name = license.product or license.license_key
    return f"{name} (of a bundle)" if license.is_child else name


def wrap_facts(found: Sequence[Fact], width: int) -> list[Fact]:
    """Return the facts line by line for `width` cells: what is too long goes on below, with no label."""
    room = max(8, width - LABEL_WIDTH)
    lines: list[Fact] = []
    for label, value in found:
        rest, first = value, True
        while first or rest:
            piece = rest[:room]
            if len(rest) > room and " " in piece:
                piece = piece[: piece.rindex(" ") + 1]
            lines.append((label if first else "", piece.rstrip()))
            rest, first = rest[len(piece) :], False
    return lines
