"""Licenses made at random, and a search that is plainly right because it looks at each of them."""

from datetime import UTC, datetime
from random import Random

from hypothesis import strategies as st

from jpmanage_tui.api.ids import BlogId, LicenseId, ProductSlug
from jpmanage_tui.api.licenses import License, LicenseState, product_slug_of
from jpmanage_tui.rules.catalog import contains
from jpmanage_tui.rules.license_query import ProductChoice
from jpmanage_tui.rules.product_choices import of_product
from jpmanage_tui.rules.search.fold import fold, site_text
from jpmanage_tui.rules.search.index import MOST
from jpmanage_tui.rules.search.match import SHORT
from jpmanage_tui.rules.search.search import SearchQuery, in_filter
from jpmanage_tui.rules.sites import is_siteless

PRODUCTS = ("Jetpack Backup", "Jetpack Scan", "WooCommerce Bookings", "Émile’s Café Plan", "")
SITES = (
    "https://north-bakery.example",
    "https://bakery.example/shop/",
    "http://www.ÉCOLE.example",
    "https://北京茶.example",
    "https://staging.garden-42.example",
    "https://siteless.jetpack.com",
    None,
)
OWNERS = ("Anna Berg", "Ειρήνη Παππά", "Bäckerei Groß", "drhassan", None)
PREFIXES = ("jetpack-backup-t1_", "jetpack-scan_", "jetpack-security-t1_", "woo_commerce_", "_", "")
BLOGS = (None, 42, 43, 44, 2**70)
PARENTS = (None, LicenseId(17), LicenseId(18))
BACKUP = ProductSlug("jetpack-backup-t1")
CHOICES = (
    None,
    of_product("Jetpack Backup"),
    of_product("jetpack scan"),
    of_product("nothing of the kind"),
    ProductChoice("any backup", frozenset({"Jetpack Backup"}), frozenset({BACKUP})),
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)) | st.none()


def _moment(chance: Random) -> str | None:
    day = f"{chance.randint(2020, 2026)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return None if chance.random() < 0.3 else f"{day} 10:20:{chance.randint(10, 59)}"


def _license(chance: Random, number: int) -> License:
    secret = "".join(chance.choices("aAbBxX019", k=chance.randint(2, 6))) + f"{number:02}"
    return License.model_validate(
        {
            "license_key": chance.choice(PREFIXES) + secret,
            "license_id": chance.choice([0, 1000 + number, 42]),
            "product_id": chance.choice([None, 2100]),
            "product": chance.choice(PRODUCTS),
            "user_id": chance.choice([None, 7, -1]),
            "username": chance.choice(OWNERS),
            "blog_id": chance.choice(BLOGS),
            "siteurl": chance.choice(SITES),
            "has_downloads": chance.choice([True, False]),
            "issued_at": _moment(chance),
            "attached_at": _moment(chance),
            "revoked_at": chance.choice([None, None, _moment(chance), "not a date"]),
            "owner_type": chance.choice([None, "user", "jetpack_partner_key", "new word"]),
            "quantity": chance.choice([None, 0, 5]),
            "parent_license_id": chance.choice(PARENTS),
            "meta": chance.choice([None, None, {"note": "x"}]),
        }
    )


def _some(seed: int) -> list[License]:
    chance = Random(seed)
    return [_license(chance, number) for number in range(chance.randint(0, 40))]


def many() -> st.SearchStrategy[list[License]]:
    """Return up to forty licenses, each with a code of its own."""
    return st.integers(0, 2**32).map(_some)


WORDS = st.sampled_from(
    [
        "bakery", "BAKERY", "north", "scan", "jetpack-scan_", "école", "ecole", "cafe", "gross", "παππα",
        "北京", "anna", "42", "1003", "a", "x0", "aa", "b1", "_a", "woo_commerce", "t1_", "commerce_x",
        "https://bakery.example/shop", "nothing-of-the-kind", "example", "#42", "0",
    ]
)  # fmt: skip


def naive_word(license: License, word: str) -> bool:
    """Return whether a folded word matches a license, by looking at its texts one after another."""
    code = fold(license.license_key)
    head, underscore, _ = code.rpartition("_")
    texts = [site_text(license.siteurl or ""), fold(license.product), fold(license.username or "")]
    if any(word in text for text in texts):
        return True
    if word.isdigit() and int(word) in {license.license_id, license.blog_id} - {0}:
        return True
    return word in (head + underscore if len(word) <= SHORT and "_" not in word else code)


def naive(items: list[License], wanted: SearchQuery) -> set[str]:
    """Return the codes of the licenses that match exactly."""
    return {
        one.license_key
        for one in items
        if all(naive_word(one, word) for word in wanted.words)
        and in_filter(wanted.filter, one.state, one.is_standard)
        and (wanted.product is None or fold(one.product) == fold(wanted.product))
        and (wanted.site is None or site_text(one.siteurl or "") == site_text(wanted.site))
        and (
            wanted.issued_before is None
            or (one.issued_at is not None and one.issued_at < wanted.issued_before)
        )
        and (
            wanted.issued_from is None or (one.issued_at is not None and one.issued_at >= wanted.issued_from)
        )
        and (not wanted.unassigned or one.state is LicenseState.DETACHED)
        and (wanted.parent is None or (one.is_child and one.parent_license_id == wanted.parent))
        and (wanted.has is None or (is_on_a_site(one) and has_beside(items, one, wanted.has)))
        and (wanted.lacks is None or (is_on_a_site(one) and not has_beside(items, one, wanted.lacks)))
    }


def site_number(license: License) -> BlogId | None:
    """Return the number of a license's site, None where there is none that the index can hold."""
    return license.blog_id if license.blog_id is not None and license.blog_id <= MOST else None


def is_on_a_site(license: License) -> bool:
    """Return whether a license is assigned to a site that is known by its number or its address."""
    known = site_number(license) is not None or bool(license.siteurl)
    return license.state is LicenseState.ATTACHED and known and not is_siteless(license.siteurl)


def is_of(license: License, choice: ProductChoice) -> bool:
    """Return whether a license is of a choice, by its name, its code, or the plan it is."""
    slug = product_slug_of(license.license_key)
    return any(fold(license.product) == fold(name) for name in choice.names) or (
        slug is not None and any(slug == one or contains(slug, one) for one in choice.slugs)
    )


def has_beside(items: list[License], license: License, choice: ProductChoice) -> bool:
    """Return whether any license on the site of `license` is of a choice."""
    mine = site_number(license)
    for other in items:
        theirs = site_number(other)
        numbered = mine is not None and theirs is not None
        same = mine == theirs if numbered else bool(other.siteurl) and license.siteurl == other.siteurl
        if same and is_on_a_site(other) and is_of(other, choice):
            return True
    return False
