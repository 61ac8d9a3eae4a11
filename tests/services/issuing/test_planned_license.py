"""Which of the licenses go to the chosen site."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import ProductId
from jpmanage_tui.services.issuing.planned_license import (
    BUNDLE,
    ONE_EACH,
    PlannedLicense,
    assign_to_site,
    hides_multisites,
    without_site,
)
from tests.services.issuing.support import CATALOG, quoted

counts = st.lists(
    st.tuples(st.sampled_from([one.slug for one in CATALOG]), st.sampled_from([1, 1, 5]), st.integers(1, 4)),
    max_size=6,
    unique_by=lambda row: row[:2],
)


def on_site(*picks: tuple[str, int, int], owned: tuple[int, ...] = ()) -> tuple[PlannedLicense, ...]:
    return assign_to_site(quoted(*picks).lines, {ProductId(number) for number in owned}, CATALOG)


def test_without_a_site_nothing_is_said_about_one() -> None:
    slots = without_site(quoted(("jetpack-scan", 1, 2), ("jetpack-scan", 5, 1)).lines)
    assert [(slot.size, slot.to_site, slot.why) for slot in slots] == [
        (1, False, ""),
        (1, False, ""),
        (5, False, ""),
    ]


@given(counts, st.sets(st.sampled_from([int(one.product_id) for one in CATALOG])))
def test_every_request_gets_one_slot_and_each_that_stays_says_why(
    picks: list[tuple[str, int, int]], owned: set[int]
) -> None:
    slots = on_site(*picks, owned=tuple(owned))
    assert len(slots) == sum(count for _, _, count in picks)
    assert all(slot.to_site != bool(slot.why) for slot in slots)
    placed_slugs = [slot.slug for slot in slots if slot.to_site]
    assert len(placed_slugs) == len(set(placed_slugs)), "a site takes one license of a product"


def test_a_site_takes_one_license_of_a_product_and_no_bundle() -> None:
    first, second, bundle = on_site(("jetpack-scan", 1, 2), ("jetpack-scan", 5, 1))
    assert first.to_site
    assert second.why == ONE_EACH
    assert bundle.why == BUNDLE


def test_what_the_site_has_already_stays_unassigned() -> None:
    (slot,) = on_site(("jetpack-scan", 1, 1), owned=(2106,))
    assert slot.why == "The site has this product already."


def test_of_a_plan_and_a_product_it_contains_the_plan_goes_to_the_site() -> None:
    scan, security = on_site(("jetpack-scan", 1, 1), ("jetpack-security-t1", 1, 1))
    assert security.to_site
    assert "Jetpack Security (10GB)" in scan.why


def test_a_storage_add_on_goes_with_the_plan_that_contains_backup() -> None:
    assert all(
        slot.to_site
        for slot in on_site(
            ("jetpack-security-t1", 1, 1), ("jetpack-backup-addon-storage-10gb-monthly", 1, 1)
        )
    )


def test_a_product_that_the_catalog_does_not_know_is_not_skipped() -> None:
    (slot,) = on_site(("jetpack-legacy", 1, 1), owned=(2106,))
    assert slot.to_site


@pytest.mark.parametrize(
    ("picks", "hidden"),
    [
        ([("jetpack-backup-t1", 1, 1), ("jetpack-scan", 1, 1)], True),
        ([("jetpack-backup-t1", 1, 1), ("jetpack-boost", 1, 1)], False),
        ([("jetpack-backup-t1", 1, 1), ("jetpack-complete", 5, 1)], True),
    ],
)
def test_multisites_are_left_out_when_every_single_license_is_backup_or_scan(
    picks: list[tuple[str, int, int]], hidden: bool
) -> None:
    assert hides_multisites(quoted(*picks).lines) is hidden
