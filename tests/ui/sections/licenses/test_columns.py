"""The columns of the license list: one declaration for row, heading and sort menu, as wide as ever; and its export."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseSort
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.services.exports import Record
from jpmanage_tui.services.fields.field import Field
from jpmanage_tui.services.fields.licenses import LICENSE_FIELDS
from jpmanage_tui.ui.sections.licenses import columns, export
from jpmanage_tui.ui.sections.licenses.columns import (
    BUNDLE_SIGN,
    ELSEWHERE_SIGN,
    MEMBER_SIGN,
    columns_for,
    fit_product,
    in_order,
    order_of,
    orders_for,
    type_sign,
)
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.item_list import Column, SortOrder, fit_columns
from tests.ui.harness import running

REVOKED = LicenseQuery(tab=LicenseFilter.REVOKED)
BY_ASSIGNED = LicenseQuery(sort=LicenseSort.ATTACHED_AT)


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
    async with running((186, 20)) as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.current is not None, "the rows")
        await run.press("f3")  # the whole width for the list
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


@given(st.integers(8, 200), st.sampled_from([LicenseQuery(), REVOKED, BY_ASSIGNED]))
def test_the_site_has_most_of_the_room_and_the_date_sorted_by_stays_longest(
    width: int, query: LicenseQuery
) -> None:
    by_issue = query.sort is LicenseSort.ISSUED_AT
    first, second = (50, 80) if by_issue else (80, 50)
    issued, date = (10 if width >= least else 0 for least in (first, second))
    badge = 18 if width >= 130 else 0
    rest = max(8, width - sum(size + 2 for size in (issued, date, badge) if size) - 2)
    product = min(38, rest * 42 // 100)
    widths = fit_columns(columns_for(query), width, None).widths
    assert widths == (product, rest - product, issued, date, badge)


@pytest.mark.parametrize("columns_of_terminal", [40, 80, 100, 120, 140, 200])
def test_in_a_terminal_of_any_width_the_site_is_the_widest_and_nothing_is_longer_than_the_row(
    columns_of_terminal: int,
) -> None:
    room = (
        columns_of_terminal - (4 if columns_of_terminal < 100 else 20) - 3 - 3
    )  # sidebar, marker and bar, prefix
    widths = fit_columns(columns_for(LicenseQuery()), room, None).widths
    shown = [size for size in widths if size]
    assert sum(shown) + 2 * (len(shown) - 1) == room
    assert widths[1] == max(widths)
    assert widths[1] >= {40: 16, 80: 33}.get(columns_of_terminal, 35)


@given(
    st.sampled_from(["Jetpack Backup (10GB)", "Jetpack Scan", "AI", "Jetpack ", "Woo"]), st.integers(0, 60)
)
def test_the_vendors_name_goes_from_a_product_where_it_is_narrow(name: str, width: int) -> None:
    shown = fit_product(name, width, {name, "AI", "Backup (1TB)"})
    assert len(shown) == width
    if width >= 30:
        assert shown.strip() == name.strip()
    elif width >= 13 and name != "Jetpack ":
        assert shown.strip() == name.removeprefix("Jetpack ")


def test_the_vendors_name_stays_where_another_product_is_called_what_is_left() -> None:
    names = {"Jetpack AI", "AI", "Jetpack Scan"}
    assert [fit_product(name, 12, names).strip() for name in sorted(names)] == ["AI", "Jetpack AI", "Scan"]


@pytest.mark.parametrize(
    ("fields", "sign"),
    [
        ({"quantity": 5}, BUNDLE_SIGN),
        ({"owner_type": "user"}, ELSEWHERE_SIGN),
        ({"parent_license_id": 7}, MEMBER_SIGN),
        ({}, " "),
    ],
)
def test_what_a_license_is_stands_before_its_product_in_one_cell(
    fields: dict[str, object], sign: str
) -> None:
    assert type_sign(License.model_validate({"license_key": "jetpack-scan_1", **fields})) == sign


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
