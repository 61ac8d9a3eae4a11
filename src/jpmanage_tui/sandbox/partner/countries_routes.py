"""Countries and their regions (contract: account 1.6). The trailing slash of the real path is optional."""

from __future__ import annotations

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import V2, Call, RouteSpec
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.partner.countries import regions


def countries(call: Call) -> Json:
    """Every country and region; labels are English whatever ``_locale`` says."""
    return regions()


ROUTES = (RouteSpec("GET", f"{V2}/woocommerce/countries/regions", TokenNeed.ANY, countries),)
