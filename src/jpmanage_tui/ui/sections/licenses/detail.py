"""The text below an expanded license: every fact the API gave about it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from jpmanage_tui.api.licenses import License, LicenseState, OwnerType
from jpmanage_tui.rules.sites import is_siteless
from jpmanage_tui.rules.text import format_datetime
from jpmanage_tui.ui.sections.licenses.columns import BUNDLE_SIGN, ELSEWHERE_SIGN, MEMBER_SIGN, NOT_ACTIVATED

LABEL_WIDTH = 14
ACTION_GAP = 3
TWO_COLUMNS = 104
"""From this width on the short facts stand in two columns."""

Field = tuple[str, str]


def fields(license: License) -> list[Field]:
    """Return the facts about a license as (label, value), in the order of the vendor's panel (contract: licenses 2.4)."""
    facts: list[Field] = [("License code", license.license_key)]
    if license.is_bundle:
        named = (
            f"bundle {license.license_id}"
            if license.license_id is not None
            else "the API gives no number by which to list them"
        )
        facts.append(("Bundle", f"{BUNDLE_SIGN} {license.quantity} licenses, sold as one: {named}"))
    elif license.state is LicenseState.ATTACHED or license.blog_id or license.siteurl:
        facts += [
            ("Site ID", str(license.blog_id) if license.blog_id else "—"),
            ("Site", _site(license)),
        ]
    sign = f" {ELSEWHERE_SIGN}" if license.is_standard else ""
    facts += [("Owner", f"{owner(license)}{sign}"), ("Product", license.product or "—")]
    facts += [("Issued on", format_datetime(license.issued_at))]
    if license.attached_at or license.state is LicenseState.ATTACHED:
        facts.append(("Assigned on", format_datetime(license.attached_at)))
    if license.state is LicenseState.REVOKED:
        facts.append(("Revoked on", format_datetime(license.revoked_at)))
    if license.is_child:
        facts.append(("Part of", f"{MEMBER_SIGN} bundle {license.parent_license_id}"))
    return facts


def _site(license: License) -> str:
    if is_siteless(license.siteurl):
        return f"{NOT_ACTIVATED} on a site yet: {license.siteurl} stands for it until then"
    return license.siteurl or "—"


def action_lines(offers: Sequence[tuple[str, str]], width: int) -> list[list[tuple[str, str]]]:
    """Return the actions (key, words) line by line, as many on a line as `width` cells hold."""
    lines: list[list[tuple[str, str]]] = [[]]
    left = width
    for key, words in offers:
        size = cell_len(key) + cell_len(words) + ACTION_GAP + 1
        if size - ACTION_GAP > left and lines[-1]:
            lines.append([])
            left = width
        lines[-1].append((key, words))
        left -= size
    return lines


def owner(license: License) -> str:
    """Return the owner's name and how the license was bought, as far as the API says it; a dash for neither."""
    bought = {
        OwnerType.USER: "bought elsewhere",
        OwnerType.JETPACK_PARTNER_KEY: "issued by this account",
        OwnerType.UNKNOWN: "",
        None: "",
    }[license.owner_type]
    if not license.username:
        return bought or "—"
    return f"{license.username} ({bought})" if bought else license.username


def lines(license: License, width: int) -> list[list[Field]]:
    """Return the facts line by line for `width` cells: one a line, or two short ones side by side on a wide screen.

    A value longer than the line goes on below it, so that nothing of a code or an address is lost.
    """
    facts = fields(license)
    if width < TWO_COLUMNS:
        room = max(8, width - LABEL_WIDTH)
        folded: list[list[Field]] = []
        for label, value in facts:
            pieces = [value[start : start + room] for start in range(0, len(value), room)] or [""]
            folded += [[(label if number == 0 else "", piece)] for number, piece in enumerate(pieces)]
        return folded
    half = width // 2 - LABEL_WIDTH - 2
    paired: list[list[Field]] = []
    for fact in facts:
        last = paired[-1] if paired else []
        fits = len(fact[1]) <= half
        if len(last) == 1 and fits and len(last[0][1]) <= half:
            last.append(fact)
        else:
            paired.append([fact])
    return paired
