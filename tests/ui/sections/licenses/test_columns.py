"""The columns of the license list: one declaration for row, heading and sort menu, as wide as ever; and its export."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.services.exports import Record
from jpmanage_tui.services.fields.field import Field
from jpmanage_tui.services.fields.licenses import LICENSE_FIELDS
from jpmanage_tui.ui.sections.licenses import columns, export
from jpmanage_tui.ui.sections.licenses.columns import columns_for, in_order, order_of, orders_for
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.item_list import Column, SortOrder, fit_columns
from tests.ui.harness import running

REVOKED = LicenseQuery(tab=LicenseFilter.REVOKED)


async def rows_of(rows: AsyncIterator[Record]) -> list[Record]:
    return [row async for row in rows]


async def test_a_new_column_is_one_entry_for_row_heading_and_sort_menu_and_a_new_field_one_of_the_export(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner: Column[License] = Column(
        "Bought by",
        lambda license: f"by {license.username}",
        width=24,
        sorts=(SortOrder("revoked_at asc", "Owner, A to Z", "↑"),),
    )
    bought_by: Field[License] = Field("bought_by", lambda license: license.username, "who bought it")
    monkeypatch.setattr(columns, "COLUMNS", (*columns.COLUMNS, owner))
    monkeypatch.setattr(export, "LICENSE_FIELDS", (*LICENSE_FIELDS, bought_by))
    async with running((140, 20)) as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.current is not None, "the rows")
        license = view.current
        assert license is not None
        await run.sees("Type                Bought by", f"by {license.username}"[:20])
        await run.press("s")
        await run.sees("Owner, A to Z ↑")
        await run.press("escape")
        exported = view.export()
        assert exported.columns[-1] == "bought_by"
        rows = await rows_of(exported.rows(False))
        assert {row["license_code"]: row["bought_by"] for row in rows}  # codes are masked, owners are not
        assert {row["bought_by"] for row in rows} >= {license.username}
        assert license.license_key not in {row["license_code"] for row in rows}


@given(st.integers(8, 200), st.sampled_from([LicenseQuery(), REVOKED]))
def test_what_is_said_first_goes_last_when_it_gets_narrow(width: int, query: LicenseQuery) -> None:
    issued = 10 if width >= 52 else 0
    date = 10 if width >= 66 else 0
    badge = 18 if width >= 92 else 0
    rest = max(8, width - 2 - sum(size + 2 for size in (issued, date, badge) if size) - 2)
    product = min(46, rest * 52 // 100)
    widths = fit_columns(columns_for(query), width - 2, None).widths
    assert widths == (product, rest - product, issued, date, badge)


@pytest.mark.parametrize(
    ("query", "titles", "menu"),
    [
        (LicenseQuery(), ["Product", "Site", "Issued", "Assigned", "Type"], "Assigned on, newest first ↓"),
        (REVOKED, ["Product", "Site", "Issued", "Revoked", "Type"], "Revoked on, newest first ↓"),
    ],
)
def test_a_tab_has_its_columns_and_the_orders_of_their_dates(
    query: LicenseQuery, titles: list[str], menu: str
) -> None:
    assert [column.title for column in columns_for(query)] == titles
    labels = [order.menu_label for order in orders_for(query)]
    assert labels[:3] == ["Issued on, newest first ↓", "Issued on, oldest first ↑", menu]
    assert len(labels) == 4
    for order in orders_for(query):
        assert order_of(in_order(query, order)) == order
