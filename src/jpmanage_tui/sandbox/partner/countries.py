"""Countries and their regions, as one flat object (contract: account 1.6, 6.2)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import V2, Call, RouteSpec
from jpmanage_tui.sandbox.jsontypes import Json

DATA = "countries.txt"
BETWEEN = " — "
"""Stands between the country's name and the region's."""


@cache
def regions() -> dict[str, str]:
    """Return code to label: ``FR`` of a country, ``US:TX`` of a region, in the order of the data file.

    Some countries with regions have an entry of their own, some have not: both occur in the real answers. A
    few countries have regions that the web's form does not offer.
    """
    found: dict[str, str] = {}
    text = files(__package__).joinpath(DATA).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            found.update(_entries(line))
    return found


def is_place(country: str, state: str) -> bool:
    """Tell whether `country` (ISO code) is listed and `state` (bare region code, or "") can belong to it.

    A country without listed regions takes any state.
    """
    known = regions()
    states = {code for code in known if code.startswith(f"{country}:")}
    if country not in known and not states:
        return False
    return not state or not states or f"{country}:{state}" in states


def _entries(line: str) -> dict[str, str]:
    code, name, *parts = line.split("|")
    bare = code.rstrip("*")
    entries = {} if code.endswith("*") else {bare: name}
    for part in parts:
        region, _, label = part.partition("=")
        entries[f"{bare}:{region}"] = f"{name}{BETWEEN}{label}"
    return entries


def countries(call: Call) -> Json:
    """Every country and region; labels are English whatever ``_locale`` says."""
    return regions()


ROUTES = (RouteSpec("GET", f"{V2}/woocommerce/countries/regions", TokenNeed.ANY, countries),)
