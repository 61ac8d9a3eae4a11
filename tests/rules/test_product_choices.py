"""By which products, and families of them, sites can be filtered."""

import pytest

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.rules.license_query import ProductChoice
from jpmanage_tui.rules.product_choices import family_choices, is_chosen, of_product, product_choice

LONG = "jetpack-backup-addon-storage-100gb-monthly"
FAMILIES = [
    ProductFamily.model_validate(
        {"slug": slug, "name": name, "products": [{"slug": one, "name": title} for one, title in products]}
    )
    for slug, name, products in (
        ("jetpack-packs", "Jetpack Packs", [("jetpack-security-t1", "Jetpack Security (10GB)")]),
        (
            "jetpack-backup",
            "Jetpack Backup",
            [("jetpack-backup-t1", "Jetpack Backup (10GB)"), ("jetpack-backup-t2", "Jetpack Backup (1TB)")],
        ),
        ("jetpack-backup-storage", "Storage", [(LONG, "Storage (100GB)"), ("other-storage", "Other")]),
        ("jetpack-scan", "Jetpack Scan", [("jetpack-scan", "Jetpack Scan Daily")]),
        ("jetpack-ai", "Jetpack AI", [("jetpack-ai", "Jetpack AI")]),
    )
]


def test_families_are_offered_where_they_say_more_than_one_product_does() -> None:
    assert [choice.label for choice in family_choices(FAMILIES)] == [
        "any Jetpack Backup",
        "any Storage",
        "any Jetpack Scan",
    ], "Scan is in a plan, AI and the plan itself are one product each"


@pytest.mark.parametrize(
    ("slug", "family", "expected"),
    [
        ("jetpack-backup-t2", "Jetpack Backup", True),
        ("jetpack-security-t1", "Jetpack Backup", True),
        ("jetpack-security-daily", "Jetpack Backup", True),
        ("jetpack-complete", "Jetpack Scan", True),
        ("jetpack-boost", "Jetpack Backup", False),
        (LONG[:38], "Jetpack Backup", False),
        (LONG[:38], "Storage", True),
        ("jetpack-security-t1", "Storage", False),
        ("", "Jetpack Backup", False),
    ],
)
def test_a_license_is_of_a_family_as_one_of_its_products_or_as_a_plan_that_contains_one(
    slug: str, family: str, expected: bool
) -> None:
    choice = product_choice(f"any {family}", FAMILIES, ())
    assert isinstance(choice, ProductChoice)
    assert is_chosen(ProductSlug(slug), choice) is expected


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("any jetpack-backup", "any Jetpack Backup"),
        (" Any JETPACK backup ", "any Jetpack Backup"),
        ("jetpack-scan", "Jetpack Scan Daily"),
        ("jetpack scan daily", "Jetpack Scan Daily"),
        ("jetpack premium", "Jetpack Premium"),
    ],
)
def test_a_text_names_a_family_a_product_of_the_catalog_or_one_there_are_licenses_of(
    text: str, label: str
) -> None:
    choice = product_choice(text, FAMILIES, ["Jetpack Premium"])
    assert isinstance(choice, ProductChoice)
    assert choice.label == label
    if not label.startswith("any"):
        assert choice == of_product(label), "a product alone is matched by its name"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Scan", "There is no product “Scan”."),
        ("any scan", "There is no product family “scan”."),
        ("", "There is no product “”."),
    ],
)
def test_what_means_none_is_told(text: str, sentence: str) -> None:
    assert product_choice(text, FAMILIES, [""]) == sentence
