"""Every question that changes the bill says by how much, per day and month, by the user's own prices."""

from __future__ import annotations

from typing import Any

import pytest

from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseState
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.prices import money
from jpmanage_tui.services.price_list import Prices
from jpmanage_tui.services.undo import ChangedSince, Place, Reversal
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, RowList
from jpmanage_tui.ui.sections.billing.section import BillingSection
from jpmanage_tui.ui.sections.licenses import questions
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.licenses.selection import ActionTargets
from tests.rules.support import ATTACHED, BUNDLE, CHILD, license_of, product_of_slug
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.sections.licenses.test_changes import at, filtered, own, to_bundle
from tests.ui.sections.licenses.test_marks import marked

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
SCAN, DAILY, YEARLY = "jetpack-scan_a1", "jetpack-anti-spam_b2", "wpcom-hosting-business_c3"
OLD, FREE = "jetpack-legacy_d4", "jetpack-unpriced_e5"
PRICES = Prices(
    (
        product_of_slug("jetpack-scan", 1, "Jetpack Scan", amount="4.95", bundles={5: "22.27"}),
        product_of_slug("jetpack-anti-spam", 2, "Anti-Spam", amount="0.16", interval="day"),
        product_of_slug("wpcom-hosting-business", 3, "Business", amount="300", interval="year"),
        product_of_slug("jetpack-unpriced", 4, "Unpriced", amount=None),
    )
)
UNREAD = Prices(None, "Your prices could not be read within 5 s.")


def text_of(question: Confirmation) -> str:
    """Return all words of a question."""
    return " ".join([question.title, *question.text, question.button])


def one(key: str, *traits: dict[str, Any]) -> License:
    """Return a license of the product that a code names."""
    return license_of(*traits, key=key, product=key.partition("_")[0])


@pytest.mark.parametrize(
    ("licenses", "words", "never"),
    [
        ([one(SCAN)], ["Billing for it stops at once: $0.16 a day, $4.95 a month less."], "known"),
        ([one(SCAN, ATTACHED)], ["example.com loses", "$0.16 a day, $4.95 a month less."], "known"),
        ([one(DAILY)], ["Billing for it stops at once: $0.16 a day, ≈$4.87 a month less."], "known"),
        ([one(YEARLY)], ["Billing for it stops at once: $300.00/year less."], "a day"),
        ([one(OLD)], ["Billing for it stops at once. Its price is not known."], "$"),
        ([one(FREE)], ["Billing for it stops at once. Its price is not known."], "$"),
        ([one(SCAN, BUNDLE)], ["Billing for the bundle stops: $0.73 a day, $22.27 a month less."], "known"),
        (
            [license_of(BUNDLE, key=SCAN, quantity=7)],
            ["Billing for the bundle stops. Its price is not known."],
            "$",
        ),
        (
            [one(SCAN, ATTACHED, CHILD)],
            ["It is part of a bundle: a new unassigned license replaces it; the bundle costs the same."],
            "stops",
        ),
        (
            [one(SCAN), one(DAILY)],
            ["Billing for them stops: $0.32 a day, ≈$9.82 a month less."],
            "known",
        ),
        (
            [one(SCAN), one(OLD), one(FREE)],
            [
                "Billing for them stops: $0.16 a day, $4.95 a month less.",
                "The price of 2 licenses is not known and not included.",
            ],
            "once",
        ),
        (
            [one(SCAN, ATTACHED, CHILD), one(SCAN)],
            [
                "One is part of a bundle: a new unassigned license replaces it; the bundle costs the same.",
                "Billing for the other stops: $0.16 a day, $4.95 a month less.",
            ],
            "known",
        ),
        (
            [license_of(ATTACHED, CHILD, key=f"jetpack-scan_{n}") for n in range(2)],
            ["2 are part of bundles: a new unassigned license replaces each; the bundles cost the same."],
            "stops",
        ),
        (
            [one(SCAN, BUNDLE), one(DAILY)],
            [
                "Every site that uses a license of a bundle loses the product.",
                "Billing for them stops: $0.89 a day, ≈$27.14 a month less.",
            ],
            "known",
        ),
    ],
)
def test_revoking_says_by_how_much_the_bill_gets_lower(
    licenses: list[License], words: list[str], never: str
) -> None:
    text = text_of(questions.revoke(ActionTargets(tuple(licenses)), PRICES))
    for sentence in [*words, "This cannot be undone."]:
        assert sentence in text
    assert never not in text.replace("is not known and", "known" if never == "known" else "")


@pytest.mark.parametrize("count", [1, 2])
def test_prices_that_could_not_be_read_are_said_and_no_figure_stands_there(count: int) -> None:
    licenses = tuple(license_of(key=f"jetpack-scan_{n}") for n in range(count))
    text = text_of(questions.revoke(ActionTargets(licenses), UNREAD))
    assert "Your prices could not be read within 5 s. How much that is, is not known." in text
    assert "$" not in text


@pytest.mark.parametrize(
    ("licenses", "words"),
    [
        ([one(SCAN, ATTACHED)], "Billing continues until it is revoked: $0.16 a day, $4.95 a month."),
        ([one(OLD, ATTACHED)], "Billing continues until it is revoked."),
        ([one(SCAN, ATTACHED, CHILD)], "Billing continues: it is part of a bundle, which costs the same."),
        (
            [one(SCAN, ATTACHED), one(DAILY, ATTACHED)],
            "Billing continues until they are revoked: $0.32 a day, ≈$9.82 a month.",
        ),
        (
            [one(SCAN, ATTACHED), one(DAILY, ATTACHED, CHILD)],
            "Billing continues until they are revoked: $0.16 a day, $4.95 a month, and the bundles of the others cost "
            "the same.",
        ),
    ],
)
def test_unassigning_says_that_billing_continues(licenses: list[License], words: str) -> None:
    text = text_of(questions.unassign(ActionTargets(tuple(licenses)), PRICES))
    assert words in text
    assert "E-mail the customer" in str(questions.unassign(ActionTargets(tuple(licenses)), PRICES).checkbox)


def test_undoing_says_what_it_means_for_the_bill() -> None:
    site, key = Place(BlogId(5), "a.example"), one(SCAN).license_key
    assigned = Reversal(key, "Scan", None, site, None, 1, None, frozenset({1}), license=one(SCAN, ATTACHED))
    back = Reversal(key, "Scan", None, None, site, None, 2, frozenset({2}), mailed=True, license=one(SCAN))
    changed = [ChangedSince(back, "revoked since")]
    text = text_of(questions.undo([assigned], [], PRICES))
    assert "Billing continues until it is revoked: $0.16 a day, $4.95 a month." in text
    text = text_of(questions.undo([back], changed, PRICES))
    assert "Billing is unchanged. The e-mail that the customer got is not taken back." in text
    assert "1 of 2 can be undone. 1 license has changed since and is left out (-)." in text


# -- on the screen -------------------------------------------------------------------------


async def products(run: Run) -> dict[str, Product]:
    """Return the products with their prices, by name."""
    assert run.app.session is not None
    families = await run.app.session.client.products.partner_families()
    return {product.name: product for family in families for product in family.products}


def per_month(product: Product) -> str:
    """Return what a product costs a month, as the question shows it."""
    assert product.amount is not None
    about = "≈" if product.price_interval == "day" else ""
    amount = product.amount * 365 / 12 if product.price_interval == "day" else product.amount
    return f"{about}{money(amount, product.currency)} a month less"


@SIZES
async def test_the_question_before_revoking_shows_the_licenses_own_price(size: tuple[int, int]) -> None:
    async with running(size) as run:
        view = run.view(LicensesSection)
        license = await at(run, view, own(view, LicenseState.DETACHED))
        price = (await products(run))[license.product]
        await run.press("x")
        await run.sees("Revoke License?", "Billing for it stops at once: ", per_month(price))
        asked = len(run.asked("GET", "partner/product-families"))
        await run.press("escape", "x")
        await run.sees("Revoke License?", per_month(price))
        assert len(run.asked("GET", "partner/product-families")) == asked, "prices are read once"


async def test_the_question_before_revoking_a_bundle_shows_the_bundles_price() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        bundle = await to_bundle(run, view)
        product = (await products(run))[bundle.product]
        amount = next(one.amount for one in product.supported_bundles if one.quantity == bundle.quantity)
        assert amount is not None
        await run.press("x")
        await run.sees("Billing for the bundle stops: ", f"{money(amount, 'USD')} a month less")


async def test_prices_that_cannot_be_read_are_said_in_the_question_which_is_asked_all_the_same() -> None:
    async with running(faults=["GET */partner/product-families malformed"]) as run:
        view = run.view(LicensesSection)
        await at(run, view, own(view, LicenseState.DETACHED))
        await run.press("x")
        await run.sees("Your prices could not be read:", "[ Cancel ]")
        dialog = run.app.screen
        assert isinstance(dialog, ConfirmDialog)
        assert "How much that is, is not known." in text_of(dialog._question)
        assert "a month less" not in run.text()


async def test_the_unassigned_but_billed_say_by_how_much_revoking_them_lowers_the_bill() -> None:
    async with running() as run:
        await run.press("2")
        await run.until(lambda: isinstance(run.app.main.section, BillingSection), "Billing")
        view = run.view(BillingSection)
        await run.press("right_square_bracket")
        await run.until(lambda: view.current is not None and view.state.products, "the rows with prices")
        items = view.state.items[:3]
        prices = [item.price for item in items]
        assert None not in prices
        whole = sum(price.per_day for price in prices if price is not None and price.per_day is not None)
        await run.press("space", "space", "space", "x")
        await run.sees("Revoke 3 licenses?", f"Billing for them stops: {money(whole, 'USD')} a day, ", "less")  # type: ignore[arg-type]


@pytest.mark.parametrize("readable", [True, False], ids=["prices", "no prices"])
async def test_a_long_question_shows_its_buttons_at_80x24(readable: bool) -> None:
    faults = [] if readable else ["GET */partner/product-families malformed"]
    async with running(SMALL, faults=faults) as run:
        view = run.view(LicensesSection)
        await marked(run, view, 6, LicenseState.ATTACHED)
        await filtered(run, view, LicenseFilter.DETACHED)
        licenses = await marked(run, view, 9, LicenseState.DETACHED)
        standard = license_of(ATTACHED, key="jetpack-scan_elsewhere", owner_type="user")
        member = license_of(CHILD, key="jetpack-scan_member")
        child = license_of(
            ATTACHED, CHILD, key="jetpack-scan_child", siteurl="https://child.example", blog_id=77
        )
        view.mark([standard, member, child], True)
        assert licenses
        await run.press("x")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        dialog = run.app.screen
        assert isinstance(dialog, ConfirmDialog)
        text = text_of(dialog._question)
        for words in (
            "16 of 18 marked will be revoked;",
            "1 left out: bought elsewhere.",
            "1 belongs to a bundle; revoke the bundle instead.",
            "One is part of a bundle: a new unassigned license replaces it;",
            "a month less" if readable else "How much that is, is not known.",
            "This cannot be undone.",
        ):
            assert words in text
        await run.sees(
            "Type 16 to confirm: [", "[ Cancel ]", "[ Revoke 16 licenses ]", "This cannot be undone."
        )
        assert all(dialog.query_one(part).region.bottom <= SMALL[1] for part in ("#go", "#typed", "#rows"))
        assert dialog.query_one(RowList).size.height >= 3
