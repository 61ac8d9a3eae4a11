"""Reading the unassigned licenses, whatever the API lists: pages, bundles, licenses that move meanwhile."""

from decimal import Decimal
from typing import Any

import pytest

from jpmanage_tui.api.errors import ApiError, NotFoundError, ServerError
from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.licenses import License, LicenseFilter, LicensePage
from jpmanage_tui.api.paging import PageNumberPaginator
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.prices import Price
from jpmanage_tui.services.price_text import total_words
from jpmanage_tui.services.unassigned_licenses import UnassignedListState, UnassignedPaginator
from tests.rules.support import ATTACHED, STANDARD, license_of, product_of_slug


class Listing:
    """A list of the API: pages of licenses, and the members of bundles."""

    def __init__(
        self,
        pages: list[list[License]],
        members: dict[int, list[License]] | None = None,
        *,
        totals: bool = True,
    ) -> None:
        self.pages = pages
        self.members = members or {}
        self.totals = totals
        self.asked: list[tuple[Any, ...]] = []
        self.fail: type[ApiError] | None = None
        self.unreadable = 0

    def list_all(self, filter: LicenseFilter, per_page: int) -> PageNumberPaginator[License]:
        return PageNumberPaginator(self.page, lambda item: item.license_key, per_page)

    async def page(self, number: int, per_page: int) -> LicensePage:
        self.asked.append(("detached", number))
        if self.fail is not None:
            raise self.fail("no", method="GET", path="/licenses")
        items = tuple(self.pages[number - 1]) if number <= len(self.pages) else ()
        total = len(self.pages) if self.totals else None
        size = 2 + self.unreadable
        return LicensePage(
            items=items, page=number, per_page=size, total_pages=total, unreadable=self.unreadable
        )

    def list_all_children(self, parent_id: int) -> PageNumberPaginator[License]:
        async def page(number: int, per_page: int) -> LicensePage:
            self.asked.append(("members", parent_id))
            if self.fail is not None:
                raise self.fail("no", method="GET", path="/licenses")
            if parent_id not in self.members:
                raise NotFoundError("gone", method="GET", path="/licenses")
            items = tuple(self.members[parent_id])
            return LicensePage(items=items, page=1, per_page=per_page, total_items=len(items), total_pages=1)

        return PageNumberPaginator(page, lambda item: item.license_key, 100)


def paginator_of(listing: Listing, parents: dict[LicenseId, License] | None = None) -> UnassignedPaginator:
    client: Any = type("Client", (), {"licenses": listing})()
    return UnassignedPaginator(client, parents)


def at(day: int, number: int, *traits: dict[str, Any], **more: Any) -> License:
    row = {"license_id": number, "issued_at": f"2025-01-{day:02} 00:00:00"}
    return license_of(*traits, key=f"jpscan_{number}", **row, **more)


async def keys_of(paginator: UnassignedPaginator) -> list[list[str]]:
    steps = []
    while not paginator.done:
        steps.append([str(item.license_key) for item in (await paginator.next_page()).licenses])
    return steps


async def test_the_unassigned_licenses_are_asked_for_oldest_first_page_by_page() -> None:
    listing = Listing([[at(1, 1), at(2, 2)], [at(3, 3)]])
    assert await keys_of(paginator_of(listing)) == [["jpscan_1", "jpscan_2"], ["jpscan_3"]]
    assert listing.asked == [("detached", 1), ("detached", 2)]


async def test_without_totals_the_reading_ends_at_a_page_that_is_not_full_or_brings_nothing_new() -> None:
    listing = Listing([[at(1, 1), at(2, 2)], [at(3, 3)]], totals=False)
    assert await keys_of(paginator_of(listing)) == [["jpscan_1", "jpscan_2"], ["jpscan_3"]]
    same = [at(1, 1), at(2, 2)]
    assert await keys_of(paginator_of(Listing([same, same, same]))) == [["jpscan_1", "jpscan_2"], [], []]


async def test_a_license_that_moves_to_the_next_page_meanwhile_comes_once() -> None:
    listing = Listing([[at(1, 1), at(2, 2)], [at(2, 2), at(3, 3)]])
    assert await keys_of(paginator_of(listing)) == [["jpscan_1", "jpscan_2"], ["jpscan_3"]]


async def test_standard_and_assigned_licenses_are_not_unassigned_whatever_the_filter_let_through() -> None:
    listing = Listing([[at(1, 1, STANDARD), at(2, 2, ATTACHED)], [at(3, 3)]])
    assert await keys_of(paginator_of(listing)) == [[], ["jpscan_3"]]


async def test_a_bundles_parent_is_left_out_and_its_unassigned_licenses_stand_at_their_place_by_date() -> (
    None
):
    bundle = at(1, 10, {"quantity": 3})
    members = [
        at(1, 11, parent_license_id=10),
        at(1, 12, ATTACHED, parent_license_id=10),
        at(4, 13, parent_license_id=10),
    ]
    listing = Listing([[bundle, at(2, 2)], [at(3, 3), at(5, 5)]], {10: members})
    paginator = paginator_of(listing)
    assert await keys_of(paginator) == [["jpscan_11", "jpscan_2"], ["jpscan_3", "jpscan_13", "jpscan_5"]]
    assert paginator.parents == {LicenseId(10): bundle}


async def test_bundles_known_beforehand_bring_their_licenses_and_a_bundle_that_is_gone_brings_none() -> None:
    known = {LicenseId(10): at(1, 10, {"quantity": 2}), LicenseId(20): at(1, 20, {"quantity": 2})}
    listing = Listing([[at(2, 2)]], {10: [at(1, 11, parent_license_id=10)]})
    assert await keys_of(paginator_of(listing, known)) == [["jpscan_11", "jpscan_2"]]


@pytest.mark.parametrize("members", [{}, {10: [at(1, 11, parent_license_id=10)]}], ids=["page", "bundle"])
async def test_a_step_that_fails_can_be_tried_again_and_loses_nothing(
    members: dict[int, list[License]],
) -> None:
    bundle = at(1, 10, {"quantity": 1})
    listing = Listing([[at(1, 1), at(2, 2)], [bundle if members else at(2, 9), at(3, 3)]], members)
    paginator = paginator_of(listing)
    await paginator.next_page()
    listing.fail = ServerError
    if members:
        fails, listing.fail = iter([None, ServerError]), None
        plain = listing.page

        async def page(number: int, per_page: int) -> LicensePage:
            came = await plain(number, per_page)
            listing.fail = next(fails, None) or ServerError
            return came

        paginator._pages._fetch = page
    with pytest.raises(ServerError):
        await paginator.next_page()
    listing.fail = None
    assert [item for step in await keys_of(paginator) for item in step][-1] == "jpscan_3"


async def test_what_could_not_be_read_is_counted_also_that_of_a_bundle_without_a_number() -> None:
    nameless = license_of({"quantity": 4}, key="jpscan_x", license_id="?", issued_at="2025-01-01 00:00:00")
    gone = at(1, 20, {"quantity": 3})
    listing = Listing([[nameless, gone], [at(3, 3)]])
    listing.unreadable = 1
    paginator = paginator_of(listing)
    await keys_of(paginator)
    assert paginator.left_out == 4 + 3 + 2


# -- what came so far ----------------------------------------------------------------


async def state_of(listing: Listing, products: list[Product]) -> UnassignedListState:
    state, paginator = UnassignedListState(), paginator_of(listing)
    while not paginator.done:
        state.add(await paginator.next_page())
    state.set_products(products)
    return state


async def test_each_row_costs_what_the_partner_pays_and_a_bundles_license_its_share() -> None:
    bundle = at(1, 10, {"quantity": 5})
    member = at(1, 11, parent_license_id=10)
    product = product_of_slug("jpscan", amount="36.50", bundles={5: "100"})
    state = await state_of(Listing([[bundle, at(2, 2)]], {10: [member]}), [product])
    assert [item.price for item in state.items] == [
        Price(Decimal(20), "USD", "month"),
        Price(Decimal("36.50"), "USD", "month"),
    ]
    assert total_words(state.sums()) == "$1.86 a day, $56.50 a month"
    assert state.unpriced == 0


async def test_a_price_with_an_unknown_interval_is_in_no_sum() -> None:
    yearly = product_of_slug("jpscan", amount="300", interval="year")
    state = await state_of(Listing([[at(1, 1)]]), [yearly])
    assert (state.sums(), state.unpriced) == ((), 1)


async def test_prices_that_come_before_the_licenses_price_them_just_the_same() -> None:
    state, paginator = UnassignedListState(), paginator_of(Listing([[at(1, 1)], [at(2, 2)]]))
    state.set_products([product_of_slug("jpscan", amount="0.25", interval="day")])
    while not paginator.done:
        state.add(await paginator.next_page())
    assert [item.price is not None for item in state.items] == [True, True]
    assert total_words(state.sums()) == "$0.50 a day, ≈$15.21 a month"
