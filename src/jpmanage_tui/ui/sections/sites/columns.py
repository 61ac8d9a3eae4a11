"""The columns of the list of sites, and its orders."""

from __future__ import annotations

from jpmanage_tui.api.licenses import SortDirection
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.site_health import health_state, products
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.ui.widgets.item_list import Column, Columns, SortOrder
from jpmanage_tui.ui.widgets.line import pad_address
from jpmanage_tui.ui.widgets.states import state_style

ASCENDING: SortOrder[Site] = SortOrder(SortDirection.ASC.value, "Address, A to Z", "↑")
DESCENDING: SortOrder[Site] = SortOrder(SortDirection.DESC.value, "Address, Z to A", "↓")
"""The address is the only field by which the API sorts."""


def _products(site: Site) -> str:
    return ", ".join(products(site))


COLUMNS: Columns[Site] = (
    Column(
        "Address",
        lambda site: site_name(site.address),
        fit=pad_address,
        fill=True,
        least=8,
        sorts=(ASCENDING, DESCENDING),
    ),
    Column(
        "Site ID",
        lambda site: str(site.blog_id),
        right=True,
        style="list--muted",
        width=11,
        from_room=54,
    ),
    Column(
        "Health",
        health_state,
        style=lambda site: state_style(health_state(site)),
        share=44,
        most=34,
    ),
    Column("Products", _products, width=24, from_room=88),
)
