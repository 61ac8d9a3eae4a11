"""Finding the licenses that a user names: by code, by license id, by Site ID, or by the address of their site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.api.licenses import License
from jpmanage_tui.rules.site_matching import SiteFinding
from jpmanage_tui.services.all_licenses import ReportProgress
from jpmanage_tui.services.license_lists import AllLicenses
from jpmanage_tui.services.license_lookup import find_licenses

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient

_CODE = re.compile(r"[A-Za-z0-9-]+_[A-Za-z0-9]+")
"""How a license code looks: the slug of its product, an underscore, and what is secret (contract: licenses 3.7)."""
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass
class FoundTargets:
    """The licenses that were named, in the order in which they were, each once; `missed` are sentences about the others.

    `incomplete` says what could not be read while they were looked for, in a few words; "" where all was.
    """

    licenses: list[License] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    incomplete: str = ""

    def add(self, licenses: Sequence[License]) -> None:
        """Take licenses that are not among them yet."""
        known = {license.license_key for license in self.licenses}
        self.licenses += [license for license in licenses if license.license_key not in known]


async def find_targets(
    client: LicensingClient, targets: Sequence[str], report: ReportProgress
) -> FoundTargets:
    """Return the licenses that `targets` name; `report` is told how far it is. Raises ApiError.

    Codes alone are found as `license_lookup.find_licenses` does; for ids and sites all licenses are read.
    """
    wanted = tuple(dict.fromkeys(targets))
    if all(map(_CODE.fullmatch, wanted)):
        looked_up = await find_licenses(client, wanted, report)
        missed = [f"No license has the code {code}." for code in looked_up.unknown]
        return FoundTargets(list(looked_up.licenses), missed, looked_up.lacks)
    found = FoundTargets()
    licenses = AllLicenses(client)
    try:
        await licenses.read(report)
        for target in wanted:
            await _find_in(licenses, target, found)
        found.incomplete = licenses.incomplete
    finally:
        licenses.close()
    return found


async def _find_in(licenses: AllLicenses, target: str, found: FoundTargets) -> None:
    license = await licenses.index.license(LicenseKey(target))
    if license is not None:
        found.add([license])
        return
    if _NUMBER.fullmatch(target):
        row = await licenses.index.row_of_id(int(target))
        named = await licenses.index.licenses([row]) if row is not None else []
        on_site = await licenses.on_site(BlogId(int(target)))
        if named and on_site:
            found.missed.append(
                f"{target} is the license id of {named[0].license_key} and the Site ID of {on_site[0].siteurl}: "
                "name the code, or the site's address."
            )
        elif named or on_site:
            found.add([*named, *on_site])
        else:
            found.missed.append(
                f"No license has the license id {target}, and none is on the site with that Site ID."
            )
        return
    if _CODE.fullmatch(target):
        found.missed.append(f"No license has the code {target}.")
        return
    match = (await licenses.site_matcher()).match(target)
    if match.site is not None:
        found.add(await licenses.on_site(match.site.blog_id))
    elif match.finding is SiteFinding.NOT_CONNECTED:
        near = f" Licenses are on: {', '.join(site.address for site in match.near)}." if match.near else ""
        found.missed.append(f"No license is on {target}.{near}")
    else:
        found.missed.append(f"{target}: {match.problem}")
