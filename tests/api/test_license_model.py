from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import (
    IssuedLicense,
    License,
    LicenseCounts,
    LicenseState,
    OwnerType,
    product_slug_of,
)

ROW: dict[str, object] = {
    "license_id": 12345,
    "license_key": "jetpack-scan_foobarbaz",
    "product_id": 2106,
    "product": "Jetpack Scan Daily",
    "user_id": "77",
    "username": "ada",
    "blog_id": 99,
    "siteurl": "https://example.com",
    "has_downloads": False,
    "issued_at": "2021-03-30 15:17:42",
    "attached_at": "2021-03-31 08:00:00",
    "revoked_at": None,
    "owner_type": "jetpack_partner_key",
    "quantity": None,
    "parent_license_id": None,
    "meta": {"a": "b"},
}
ABSENT = st.sampled_from([None, "", "0000-00-00 00:00:00"])
GIVEN = st.sampled_from(["2021-03-30 15:17:42", "1599581698", "2024-01-01T00:00:00Z", "last Tuesday"])


def row(**changes: object) -> License:
    return License.model_validate(ROW | changes)


def test_a_full_row_becomes_clean_types() -> None:
    license = row()
    assert license.issued_at == datetime(2021, 3, 30, 15, 17, 42, tzinfo=UTC)
    assert (license.user_id, license.username, license.blog_id) == (77, "ada", 99)
    assert license.owner_type is OwnerType.JETPACK_PARTNER_KEY
    assert license.meta == (("a", "b"),)
    assert license.state is LicenseState.ATTACHED


def test_a_row_with_nothing_but_a_code_is_a_detached_license() -> None:
    license = License.model_validate({"license_key": "jetpack-scan_x"})
    assert license.state is LicenseState.DETACHED
    assert license.license_id is None
    assert license.owner_type is None


@pytest.mark.parametrize("key", [None, "", "  ", "\x1b[0m", [], {}])
def test_a_row_without_a_usable_code_is_refused(key: object) -> None:
    with pytest.raises(ValidationError):
        row(license_key=key)


def test_a_refused_row_does_not_show_its_values() -> None:
    with pytest.raises(ValidationError) as caught:
        row(license_key=None, username="secret-name")
    assert "secret-name" not in str(caught.value)


@given(GIVEN, st.one_of(ABSENT, GIVEN), st.sampled_from([None, 5]))
def test_a_revoked_license_is_revoked_whatever_else_it_is(
    revoked: str, attached: str | None, size: int | None
) -> None:
    assert row(revoked_at=revoked, attached_at=attached, quantity=size).state is LicenseState.REVOKED


@given(ABSENT, GIVEN)
def test_an_attached_license_that_is_not_revoked_is_attached(revoked: str | None, attached: str) -> None:
    assert row(revoked_at=revoked, attached_at=attached).state is LicenseState.ATTACHED


@given(ABSENT, ABSENT)
def test_empty_dates_count_as_absent(revoked: str | None, attached: str | None) -> None:
    assert row(revoked_at=revoked, attached_at=attached).state is LicenseState.DETACHED


def test_a_date_that_cannot_be_read_still_says_that_the_thing_happened() -> None:
    license = row(revoked_at="last Tuesday")
    assert license.revoked_at is None
    assert license.state is LicenseState.REVOKED


@pytest.mark.parametrize("size", [5, "5", 1])
def test_a_row_with_a_quantity_is_a_bundle(size: object) -> None:
    license = row(quantity=size, attached_at=None)
    assert license.is_bundle
    assert not license.is_child
    assert license.state is LicenseState.BUNDLE


@pytest.mark.parametrize("size", [None, 0, "0", ""])
def test_a_row_with_a_parent_and_no_quantity_is_a_child(size: object) -> None:
    license = row(parent_license_id="12", quantity=size)
    assert license.is_child
    assert not license.is_bundle
    assert license.parent_license_id == 12


@pytest.mark.parametrize(
    ("word", "kind"), [("user", OwnerType.USER), ("guild", OwnerType.UNKNOWN), (None, None), ("", None)]
)
def test_only_the_owner_type_user_makes_a_standard_license(word: str | None, kind: OwnerType | None) -> None:
    license = row(owner_type=word)
    assert license.owner_type is kind
    assert license.is_standard is (word == "user")


@pytest.mark.parametrize("meta", [None, [], "x", 3])
def test_meta_that_is_no_object_is_empty(meta: object) -> None:
    assert row(meta=meta).meta == ()


@pytest.mark.parametrize(
    "name", ["blog_id", "product_id", "user_id", "quantity", "siteurl", "username", "issued_at"]
)
@pytest.mark.parametrize("junk", [None, "", [], {}, "n/a"])
def test_a_member_of_the_wrong_kind_does_not_lose_the_row(name: str, junk: object) -> None:
    assert row(**{name: junk}).license_key == "jetpack-scan_foobarbaz"


def test_strings_are_cleaned_at_the_border() -> None:
    license = row(product="Scan\x1b[2J", siteurl="https://a.example\u202e", username="a\x07da")
    assert (license.product, license.siteurl, license.username) == ("Scan", "https://a.example", "ada")


def test_a_license_can_be_kept_in_a_set_and_not_be_changed() -> None:
    license = row()
    assert {license, row()} == {license}
    with pytest.raises(ValidationError):
        license.product = "other"


@pytest.mark.parametrize(
    ("key", "slug"),
    [("jetpack-scan_abc", "jetpack-scan"), ("a_b_c", "a_b"), ("nokey", None), ("_x", None)],
)
def test_the_product_of_a_code_is_what_stands_before_its_last_underscore(key: str, slug: str | None) -> None:
    assert product_slug_of(LicenseKey(key)) == slug


def test_an_issued_license_takes_the_parent_under_both_names() -> None:
    base = {"license_key": "a_b", "license_id": "7", "quantity": 5}
    assert IssuedLicense.model_validate(base | {"parent_jetpack_license_id": "12"}).parent_license_id == 12
    assert IssuedLicense.model_validate(base | {"parent_license_id": 12}).parent_license_id == 12
    assert IssuedLicense.model_validate(base).parent_license_id is None


def test_counts_that_are_missing_are_zero() -> None:
    counts = LicenseCounts.model_validate({"attached": "1,200", "detached": None, "not_revoked": 3})
    assert (counts.attached, counts.detached, counts.not_revoked, counts.standard, counts.all) == (
        1200,
        0,
        3,
        0,
        0,
    )
