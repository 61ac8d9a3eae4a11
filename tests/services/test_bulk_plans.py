"""Plans for many sites: what is issued and assigned, in which order, what it costs, and what is left out."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.operations.mutations.licenses import AssignLicense, IssueLicense
from jpmanage_tui.operations.run import PlannedItem
from jpmanage_tui.rules.prices import cost_of
from jpmanage_tui.services.bulk_plans import (
    MOST_LICENSES,
    BulkPlan,
    LeftOut,
    PlanError,
    plan_assigning,
    plan_issuing,
    product_of_license,
)
from jpmanage_tui.services.site_lists import ListUse, SiteList
from tests.services.accounts import BUNDLE_ID, account, license_for, listed
from tests.services.issuing.support import (
    ADD_ON,
    BACKUP,
    FREE_OF_PRICE,
    HOSTING,
    SCAN,
    SECURITY,
    SPAM,
    WOO,
)
from tests.services.test_site_lists import STEPS, TEXTS, step

TWELVE = "\n".join(f"s{number}.example" for number in range(1, 13))


def words(item: PlannedItem) -> str:
    """Return an item in a few words: "1 jetpack-scan", "5 jetpack-scan", "(0) → s1.example", "code → s1.example"."""
    change = item.mutation
    if isinstance(change, IssueLicense):
        assert item.needs is None
        return f"{change.quantity or 1} {change.product}"
    assert isinstance(change, AssignLicense)
    assert item.price is None
    assert bool(change.license_key) is (item.needs is None)
    return f"{change.license_key or f'({item.needs})'} → {change.site_url}"


def told(plan: BulkPlan) -> list[str]:
    """Return the items in words."""
    return [words(item) for item in plan.run.items]


# -- issuing and assigning ---------------------------------------------------------------


def test_each_site_gets_what_its_line_asks_for_and_what_is_left_out_says_why() -> None:
    plan = plan_issuing(
        listed(
            "s1.example,jetpack-scan\ns2.example,boost\nnowhere.example,jetpack-scan\ns1.example,boost"
        ).left_out(2)
    )
    assert told(plan) == [
        "1 jetpack-scan",
        "(0) → s1.example",
        "1 jetpack-boost",
        "(2) → s1.example",
    ]
    assert plan.left_out == (
        LeftOut("s2.example", "You left it out.", "boost", 2),
        LeftOut("nowhere.example", "It is not connected.", "jetpack-scan", 3),
    )
    assert plan.run.title == "Issue and assign 2 licenses"
    assert (plan.issued, plan.assigned, plan.reused, plan.spare, plan.sites) == (2, 2, 0, 0, 1)
    assert [item.price and item.price.amount for item in plan.run.items] == [5, None, None, None]
    assert (plan.cost.totals[0].per_month, plan.cost.unknown) == (Decimal(5), 1)


def test_on_a_site_base_products_go_before_add_ons_whatever_lines_ask_for_them() -> None:
    site_list = listed(f"s1.example,{ADD_ON.slug}\ns2.example,boost\ns1.example,{BACKUP.slug}")
    assert told(plan_issuing(site_list)) == [
        "1 jetpack-backup-t1",
        "(0) → s1.example",
        f"1 {ADD_ON.slug}",
        "(2) → s1.example",
        "1 jetpack-boost",
        "(4) → s2.example",
    ]


def test_unassigned_licenses_are_used_first_where_the_user_says_so_the_oldest_first() -> None:
    young = license_for(SCAN, issued_at="2025-03-01 00:00:00")
    undated = license_for(SCAN, issued_at=None)
    member = license_for(SCAN, issued_at="2024-01-01 00:00:00", parent_license_id=BUNDLE_ID)
    nameless = license_for(SCAN, issued_at="2024-06-01 00:00:00", product_id=None)
    others = (
        license_for(SCAN, owner_type="user"),
        license_for(SCAN, 7),
        license_for(SCAN, quantity=5, license_id=BUNDLE_ID),
        license_for(BACKUP),
        license_for(SCAN, revoked_at="2025-02-02 00:00:00"),
    )
    site_list = listed(TWELVE, young, undated, member, nameless, *others).with_products([SCAN])
    plan = plan_issuing(site_list, unassigned_first=True)
    assert told(plan)[:6] == [
        f"{member.license_key} → s1.example",
        f"{nameless.license_key} → s2.example",
        f"{young.license_key} → s3.example",
        f"{undated.license_key} → s4.example",
        "1 jetpack-scan",
        "(4) → s5.example",
    ]
    first = plan.run.items[0].mutation
    assert isinstance(first, AssignLicense)
    assert first.parent_id == BUNDLE_ID
    assert (plan.issued, plan.assigned, plan.reused) == (7, 11, 4)
    assert plan.run.title == "Issue 7 Jetpack Scan Daily licenses and assign 11"
    assert plan.remarks == (
        "4 licenses that are unassigned now will be used: the bill gets no higher for that.",
    )
    assert [one.number for one in plan.left_out] == [7]
    assert plan_issuing(site_list).reused == 0


def test_an_offer_that_is_taken_issues_bundles_and_assigns_their_members() -> None:
    site_list = listed(TWELVE).with_products([SCAN, FREE_OF_PRICE])
    plan = plan_issuing(site_list)
    (offer,) = plan.offers
    assert (offer.words, offer.saving.per_month) == ("2 bundles of 5 and 2 single licenses", Decimal(5))
    taken = plan_issuing(site_list, offers=[offer])
    of_scan = [one for one in told(taken) if "scan" in one]
    assert of_scan == ["5 jetpack-scan", "5 jetpack-scan", "1 jetpack-scan", "1 jetpack-scan"]
    assert [item.needs for item in taken.run.items if item.needs == 0] == [0] * 5
    assert (taken.offers, taken.taken_offers, taken.spare) == ((), (offer,), 0)
    assert plan.cost.totals[0].per_month - taken.cost.totals[0].per_month == 5
    assert taken.cost.unknown == plan.cost.unknown == 12
    fewer = plan_issuing(site_list.left_out(12), offers=[offer])
    assert fewer.taken_offers == (), "an offer for another number of licenses was taken"
    assert [one.needed for one in fewer.offers] == [11]


def test_of_an_offer_with_more_licenses_than_are_needed_the_rest_stays_unassigned() -> None:
    product = SCAN.model_copy(update={"supported_bundles": SCAN.supported_bundles[:1], "amount": Decimal(10)})
    site_list = listed("s1.example\ns2.example\ns3.example\ns4.example").with_products([product])
    (offer,) = plan_issuing(site_list).offers
    plan = plan_issuing(site_list, offers=[offer])
    assert told(plan) == ["5 jetpack-scan", *[f"(0) → s{number}.example" for number in range(1, 5)]]
    assert (plan.issued, plan.assigned, plan.spare) == (5, 4, 1)
    assert plan.remarks == ("1 license of the bundles will stay unassigned, and billed.",)
    assert plan.run.title == "Issue 5 Jetpack Scan Daily licenses and assign 4"


def test_what_is_issued_only_is_as_many_as_the_lines_ask_for() -> None:
    text = "s99.example,jetpack-scan,3\ns1.example,jetpack-scan,2\ns1.example,boost"
    site_list = listed(text, license_for(SCAN), use=ListUse.ISSUE)
    plan = plan_issuing(site_list, unassigned_first=True)
    assert told(plan) == ["1 jetpack-scan"] * 5 + ["1 jetpack-boost"]
    assert (plan.issued, plan.assigned, plan.spare, plan.sites) == (6, 0, 6, 0)
    assert plan.run.title == "Issue 6 licenses"
    assert told(plan_issuing(site_list, offers=plan.offers)) == ["5 jetpack-scan", "1 jetpack-boost"]


def test_prices_of_another_interval_stand_apart_and_extensions_are_to_be_installed() -> None:
    site_list = listed("s1.example").with_products([HOSTING, SPAM, WOO])
    plan = plan_issuing(site_list)
    assert [price.amount for price in plan.cost.apart] == [300]
    assert plan.cost.totals[0].about
    assert plan.remarks == (
        "WooCommerce extensions still have to be downloaded and installed on their sites.",
    )


def test_what_could_not_be_read_is_said() -> None:
    plan = plan_issuing(listed("s1.example,boost", incomplete="Could not be read: 3 licenses."))
    assert plan.remarks == (
        "Could not be read: 3 licenses. What a site has may be more than is known; the API decides.",
    )


def test_a_list_for_another_use_or_of_too_many_licenses_is_refused() -> None:
    for plan in (plan_issuing, lambda site_list: plan_assigning(site_list, [])):
        with pytest.raises(ValueError, match="list"):
            plan(listed("s1.example", use=ListUse.SITES))
    many = listed("\n".join(f"a{number}.example,boost,1000" for number in range(51)), use=ListUse.ISSUE)
    with pytest.raises(PlanError, match=f"51,000 licenses; {MOST_LICENSES:,} are the most"):
        plan_issuing(many)


# -- assigning what there is -------------------------------------------------------------


def bundle_with(*members: License) -> list[License]:
    """Return a bundle and its members."""
    return [license_for(SCAN, quantity=5, license_id=BUNDLE_ID), *members]


def test_the_unassigned_members_of_a_bundle_go_to_the_sites_of_a_list() -> None:
    members = [license_for(SCAN, number, parent_license_id=BUNDLE_ID) for number in (None, 3, None)]
    data = account(*bundle_with(*members), license_for(SCAN))
    free = data.unassigned_of(LicenseId(BUNDLE_ID))
    assert [one.license_key for one in free] == [members[0].license_key, members[2].license_key]
    product = product_of_license(data.bundles[0], data)
    assert product == SCAN
    site_list = listed(
        "s1.example\ns2.example\ns3.example\ns4.example", *bundle_with(*members)
    ).with_products([product])
    plan = plan_assigning(site_list, free)
    assert told(plan) == [f"{free[0].license_key} → s1.example", f"{free[1].license_key} → s2.example"]
    assert [(one.what, one.reason) for one in plan.left_out] == [
        (
            "s3.example",
            "The site has Jetpack Scan Daily already (in a bundle), and a site takes one license of a product.",
        ),
        ("s4.example", "No unassigned Jetpack Scan Daily license is left for it."),
    ]
    assert (plan.run.title, plan.assigned, plan.reused) == ("Assign 2 Jetpack Scan Daily licenses", 2, 2)
    rest = plan_assigning(site_list.left_out(2, 4), [*free, license_for(SCAN, 9)])
    assert rest.remarks == ("1 license of 2 will stay unassigned, and billed.",)
    assert "It is assigned already; unassign it first." in [one.reason for one in rest.left_out]


def test_a_product_that_the_catalog_does_not_know_any_more_is_named_by_its_license() -> None:
    legacy = license_for(
        Product.model_validate({"slug": "jetpack-old", "name": "Jetpack Old", "product_id": 1})
    )
    product = product_of_license(legacy, account(legacy))
    assert (product.slug, product.name, product.product_id) == ("jetpack-old", "Jetpack Old", 1)
    plan = plan_assigning(listed("s1.example", legacy).with_products([product]), [legacy])
    assert told(plan) == [f"{legacy.license_key} → s1.example"]


# -- what always holds -------------------------------------------------------------------


@given(TEXTS, STEPS, st.booleans(), st.booleans())
def test_every_line_is_planned_or_left_out_and_the_price_is_the_sum_of_the_items(
    text: str, steps: list[tuple[str, int, int]], unassigned_first: bool, many: bool
) -> None:
    try:
        site_list: SiteList = listed(
            f"{text}\n{TWELVE}" if many else text,
            license_for(SCAN, 2),
            license_for(SCAN),
            license_for(SECURITY),
        )
    except ValueError:
        return
    for kind, which, choice in steps:
        site_list = step(site_list, kind, which, choice)
    if site_list.use is ListUse.SITES:
        site_list = site_list.with_use(ListUse.ASSIGN)
    plan = plan_issuing(site_list, unassigned_first=unassigned_first)
    plans = [
        plan,
        *(plan_issuing(site_list, unassigned_first=unassigned_first, offers=[one]) for one in plan.offers),
    ]
    for one in plans:
        left = {left_out.number for left_out in one.left_out}
        ready = {line.number for line in site_list.ready}
        assert left | ready == {line.number for line in site_list.lines}
        assert left & ready == {line.number for line in site_list.ready if line.refused}
        assert all(left_out.reason for left_out in one.left_out)
        issues = [item for item in one.run.items if isinstance(item.mutation, IssueLicense)]
        assigns = [item.mutation for item in one.run.items if isinstance(item.mutation, AssignLicense)]
        assert one.cost == cost_of(item.price for item in issues)
        asked = sum(len(line.products) * line.quantity for line in site_list.ready)
        if site_list.use is ListUse.ASSIGN:
            assert len(assigns) == one.assigned == asked
            assert len({(change.blog_id, change.product) for change in assigns}) == len(assigns)
        codes = [change.license_key for change in assigns if change.license_key]
        assert len(codes) == len(set(codes)) == one.reused
        assert one.issued + one.reused == one.assigned + one.spare
        taken = Counter(item.needs for item in one.run.items)
        for place, item in enumerate(one.run.items):
            if isinstance(item.mutation, IssueLicense):
                assert taken[place] <= (item.mutation.quantity or 1)
            if item.needs is not None:
                issue, change = one.run.items[item.needs].mutation, item.mutation
                assert item.needs < place
                assert isinstance(issue, IssueLicense)
                assert isinstance(change, AssignLicense)
                assert issue.product_name == change.product
    for one, offer in zip(plans[1:], plan.offers, strict=True):
        assert one.taken_offers == (offer,)
        before, after = (
            sum(total.per_month for total in each.cost.totals if total.currency == offer.product.currency)
            for each in (plan, one)
        )
        assert before - after == offer.saving.per_month
