"""Which licenses a site takes: one of a product, whoever bought it and wherever it belongs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import ProductId, ProductSlug
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.sites import Site
from jpmanage_tui.rules.assigning import candidate, fit, holders, to_be_issued
from tests.rules.support import CHILD, STANDARD, license_of

HERE = 5


def site(**more: Any) -> Site:
    """Return a site."""
    return Site.model_validate({"blog_id": HERE, "url_with_scheme": "https://north.example", **more})


def on(blog_id: int, key: str, *traits: dict[str, Any], **more: Any) -> License:
    """Return a license that is assigned to a site."""
    return license_of({"attached_at": "2024-01-02 00:00:00", "blog_id": blog_id}, *traits, key=key, **more)


def free(key: str, **more: Any) -> License:
    """Return an unassigned license."""
    return license_of(key=key, product=more.pop("product", key.partition("_")[0]), **more)


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ([], None),
        ([on(HERE, "jetpack-scan_x")], "north.example has Scan already, and a site takes one license of a product."),
        ([on(HERE, "jetpack-scan_x", CHILD)], "north.example has Scan already (in a bundle), and"),
        ([on(HERE, "jetpack-scan_x", STANDARD)], "north.example has Scan already (bought elsewhere), and"),
        ([on(HERE, "other_x", product_id=7)], "north.example has Scan already, and"),
        ([on(HERE + 1, "jetpack-scan_x")], None),
        ([on(HERE, "jetpack-boost_x", product_id=8)], None),
        ([on(HERE, "jetpack-scan_x", {"revoked_at": "2024-02-02 00:00:00"})], None),
        ([license_of(key="jetpack-scan_x", blog_id=HERE)], None),
    ],
    ids=["nothing", "has it", "in a bundle", "bought elsewhere", "by id", "another site", "another product",
         "revoked", "unassigned since"],
)  # fmt: skip
def test_a_site_that_has_the_product_does_not_take_another(held: list[License], reason: str | None) -> None:
    found = fit([candidate(free("jetpack-scan_y", product="Scan", product_id=7))], site(), holders(held))
    assert found.none_fits is (reason is not None)
    if reason is not None:
        assert reason in found.refused[0].reason
        assert found.refused[0].word == "has it already"


@pytest.mark.parametrize("more", [{"products": [{"product_id": "7"}]}, {"plan": {"product_id": 7}}])
def test_what_the_list_of_sites_says_that_a_site_has_counts_too(more: dict[str, Any]) -> None:
    found = fit([candidate(free("jetpack-scan_y", product_id=7))], site(**more), {})
    assert found.none_fits


@pytest.mark.parametrize(
    ("key", "multisite", "refused"),
    [
        ("jetpack-backup-t1_y", True, True),
        ("jetpack-scan_y", True, True),
        ("jetpack-boost_y", True, False),
        ("jetpack-scan_y", False, False),
        ("jetpack-scan_y", None, False),
    ],
)
def test_backup_and_scan_do_not_go_to_a_multisite_where_the_api_tells_that_it_is_one(
    key: str, multisite: bool | None, refused: bool
) -> None:
    found = fit([candidate(free(key))], site(is_multisite=multisite), {})
    assert found.none_fits is refused
    if refused:
        assert "does not work on a multisite" in found.refused[0].reason


def test_of_two_licenses_of_a_product_one_goes() -> None:
    found = fit([candidate(free(f"jetpack-scan_{n}")) for n in range(3)], site(), {})
    assert [one.key for one in found.going] == ["jetpack-scan_0"]
    assert {one.of_many for one in found.refused} == {"a site takes one license of a product"}


def test_a_license_that_is_to_be_issued_is_known_by_its_products_slug_cut_as_codes_cut_it() -> None:
    slug = ProductSlug("jetpack-backup-addon-storage-100gb-monthly")
    wanted = to_be_issued(slug, "Storage", ProductId(0))
    assert wanted.product_id is None
    assert fit([wanted], site(), holders([on(HERE, f"{slug[:38]}_x")])).none_fits


KEYS = st.builds(
    lambda slug, end: f"{slug}_{end}",
    st.sampled_from(["jetpack-scan", "jetpack-boost", "jetpack-ai"]),
    st.text("abc", min_size=1, max_size=3),
)


@given(st.lists(KEYS, unique=True, max_size=8), st.lists(KEYS, max_size=4))
def test_each_license_goes_or_is_refused_with_a_reason_and_the_site_has_one_of_each_product_after(
    keys: list[str], there: list[str]
) -> None:
    held = [on(HERE, key) for key in there]
    found = fit([candidate(free(key)) for key in keys], site(), holders(held))
    assert sorted([one.key for one in found.going] + [one.candidate.key for one in found.refused]) == sorted(
        keys
    )
    assert all(one.reason and one.of_many and one.word for one in found.refused)
    slugs = [one.slug for one in found.going]
    assert len(set(slugs)) == len(slugs)
    assert not set(slugs) & {license.product_slug for license in held}
    assert {license.product_slug for license in held} | set(slugs) >= {key.partition("_")[0] for key in keys}
