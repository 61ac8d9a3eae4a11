from itertools import permutations
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import LicenseKey, ProductSlug
from jpmanage_tui.rules.licenses import (
    ADD_ON_FAMILY,
    Allowed,
    LicenseAction,
    NotAllowed,
    allowed,
    assign_order,
    debug_url,
    host_of,
    is_of_product,
    multisites_hidden,
    product_of,
    web_address,
)
from tests.rules.support import (
    ATTACHED,
    BUNDLE,
    CHILD,
    DETACHED,
    REVOKED,
    STANDARD,
    license_of,
    product_of_slug,
)

A = LicenseAction
LOOK = {A.VIEW_SITE, A.DEBUG_SITE, A.COPY}
FILES = {"has_downloads": True}


@pytest.mark.parametrize(
    ("traits", "offered"),
    [
        ([DETACHED], {A.COPY, A.ASSIGN, A.REVOKE}),
        ([DETACHED, FILES], {A.COPY, A.ASSIGN, A.REVOKE}),
        ([ATTACHED], LOOK | {A.UNASSIGN, A.REVOKE}),
        ([ATTACHED, FILES], LOOK | {A.UNASSIGN, A.REVOKE, A.DOWNLOAD}),
        ([ATTACHED, {"siteurl": None}], {A.COPY, A.UNASSIGN, A.REVOKE}),
        ([ATTACHED, {"siteurl": "javascript://x"}], {A.COPY, A.UNASSIGN, A.REVOKE}),
        ([ATTACHED, {"owner_type": None}], LOOK | {A.UNASSIGN, A.REVOKE}),
        ([REVOKED], {A.COPY}),
        ([ATTACHED, REVOKED, FILES], {A.COPY}),
        ([STANDARD, ATTACHED, FILES], LOOK),
        ([STANDARD, DETACHED], {A.COPY}),
        ([STANDARD, REVOKED], {A.COPY}),
        ([BUNDLE], {A.COPY, A.REVOKE}),
        ([BUNDLE, REVOKED], {A.COPY}),
        ([CHILD, ATTACHED], LOOK | {A.UNASSIGN, A.REVOKE}),
        ([CHILD, DETACHED], {A.COPY, A.ASSIGN}),
        ([CHILD, REVOKED], {A.COPY}),
    ],
)
def test_exactly_what_may_be_done_is_offered(
    traits: list[dict[str, Any]], offered: set[LicenseAction]
) -> None:
    license = license_of(*traits)
    assert {action for action in A if isinstance(allowed(license, action), Allowed)} == offered


@given(
    st.lists(st.sampled_from([ATTACHED, REVOKED, STANDARD, BUNDLE, CHILD, FILES]), max_size=4),
    st.sampled_from(list(A)),
)
def test_what_may_not_be_done_always_has_a_sentence(
    traits: list[dict[str, Any]], action: LicenseAction
) -> None:
    answer = allowed(license_of(*traits), action)
    assert isinstance(answer, Allowed) or answer.reason.endswith(".")


@given(st.lists(st.sampled_from([ATTACHED, REVOKED, BUNDLE, CHILD, FILES]), max_size=4))
def test_a_standard_license_is_never_changed(traits: list[dict[str, Any]]) -> None:
    license = license_of(*traits, STANDARD)
    for action in (A.ASSIGN, A.UNASSIGN, A.REVOKE, A.DOWNLOAD):
        assert isinstance(allowed(license, action), NotAllowed)


@pytest.mark.parametrize(
    ("siteurl", "address", "host"),
    [
        ("https://example.com/sub", "https://example.com/sub", "example.com"),
        ("http://example.com", "http://example.com", "example.com"),
        ("example.com/sub", "https://example.com/sub", "example.com"),
        ("javascript://alert", None, "javascript://alert"),
        ("https://[", None, "https://["),
        ("", None, ""),
        (None, None, ""),
    ],
)
def test_only_web_addresses_are_opened(siteurl: str | None, address: str | None, host: str) -> None:
    assert web_address(siteurl) == address
    assert host_of(siteurl) == host


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_debug_address_carries_the_site_and_nothing_else(siteurl: str) -> None:
    parts = urlsplit(debug_url(siteurl))
    assert parts.netloc == "jptools.wordpress.com"
    assert parse_qs(parts.query, keep_blank_values=True) == {"url": [siteurl]}


@pytest.mark.parametrize(
    ("keys", "hidden"),
    [
        (["jetpack-backup-t1_a"], True),
        (["jetpack-scan_a", "jetpack-backup-t2_b"], True),
        (["jetpack-scan_a", "jetpack-social-basic_b"], False),
        (["jetpack-complete_b"], False),
        ([], False),
    ],
)
def test_multisites_are_hidden_only_where_every_license_is_backup_or_scan(
    keys: list[str], hidden: bool
) -> None:
    assert multisites_hidden(LicenseKey(key) for key in keys) is hidden


LONG = "woocommerce-product-add-ons-and-much-more-of-it"


@pytest.mark.parametrize(
    ("key", "slug", "same"),
    [
        ("jetpack-scan_abc", "jetpack-scan", True),
        ("jetpack-scan_abc", "jetpack-scan-plus", False),
        ("jetpack-scan-plus_abc", "jetpack-scan", False),
        (f"{LONG[:38]}_abc", LONG, True),
        (f"{LONG}_abc", LONG, True),
        (f"{LONG[:37]}_abc", LONG, False),
        ("nokey", "nokey", False),
    ],
)
def test_a_code_is_of_a_product_by_its_slug_cut_at_38_characters(key: str, slug: str, same: bool) -> None:
    assert is_of_product(LicenseKey(key), ProductSlug(slug)) is same


def test_a_product_is_found_by_its_cut_slug_but_never_guessed() -> None:
    long, twin = product_of_slug(LONG), product_of_slug(f"{LONG[:38]}-twin")
    key = LicenseKey(f"{LONG[:38]}_x")
    assert product_of(key, [long]) == long
    assert product_of(key, [long, twin]) is None
    assert product_of(LicenseKey("jetpack-old_x"), [long]) is None


BACKUP = product_of_slug("jetpack-backup-t1", 2112)
SCAN = product_of_slug("jetpack-scan", 2106)
STORAGE = product_of_slug("jetpack-backup-10gb", 2040, family=ADD_ON_FAMILY)
KEYS = [
    LicenseKey(f"{slug}_k")
    for slug in ("jetpack-scan", "jetpack-backup-t1", "jetpack-backup-daily", "jetpack-backup-10gb")
]


@pytest.mark.parametrize("keys", list(permutations(KEYS)))
def test_licenses_are_assigned_base_before_add_on_by_product_id_with_legacy_ones_kept(
    keys: list[LicenseKey],
) -> None:
    assert list(assign_order(keys, [STORAGE, BACKUP, SCAN])) == KEYS


@given(st.lists(st.text(min_size=1, max_size=8).map(LicenseKey)))
def test_no_license_is_ever_dropped_from_the_order(keys: list[LicenseKey]) -> None:
    assert sorted(assign_order(keys, [BACKUP, STORAGE])) == sorted(keys)
