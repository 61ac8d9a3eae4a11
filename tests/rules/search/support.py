"""Licenses made at random, and a search that is plainly right because it looks at each of them."""

from datetime import UTC, datetime
from random import Random

from hypothesis import strategies as st

from jpmanage_tui.api.licenses import License
from jpmanage_tui.rules.search.fold import fold, site_text
from jpmanage_tui.rules.search.match import SHORT
from jpmanage_tui.rules.search.search import SearchQuery, in_filter

PRODUCTS = ("Jetpack Backup", "Jetpack Scan", "WooCommerce Bookings", "Émile’s Café Plan", "")
SITES = (
    "https://north-bakery.example",
    "https://bakery.example/shop/",
    "http://www.ÉCOLE.example",
    "https://北京茶.example",
    "https://staging.garden-42.example",
    None,
)
OWNERS = ("Anna Berg", "Ειρήνη Παππά", "Bäckerei Groß", "drhassan", None)
PREFIXES = ("jetpack-backup-t1_", "jetpack-scan_", "woo_commerce_", "_", "")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)) | st.none()


def _moment(chance: Random) -> str | None:
    day = f"{chance.randint(2020, 2026)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return None if chance.random() < 0.3 else f"{day} 10:20:{chance.randint(10, 59)}"


def _license(chance: Random, number: int) -> License:
    secret = "".join(chance.choices("aAbBxX019", k=chance.randint(2, 6))) + str(number)
    return License.model_validate(
        {
            "license_key": chance.choice(PREFIXES) + secret,
            "license_id": chance.choice([0, 1000 + number, 42]),
            "product_id": chance.choice([None, 2100]),
            "product": chance.choice(PRODUCTS),
            "user_id": chance.choice([None, 7, -1]),
            "username": chance.choice(OWNERS),
            "blog_id": chance.choice([None, 42, 2**70]),
            "siteurl": chance.choice(SITES),
            "has_downloads": chance.choice([True, False]),
            "issued_at": _moment(chance),
            "attached_at": _moment(chance),
            "revoked_at": chance.choice([None, None, _moment(chance), "not a date"]),
            "owner_type": chance.choice([None, "user", "jetpack_partner_key", "new word"]),
            "quantity": chance.choice([None, 0, 5]),
            "parent_license_id": chance.choice([None, 17]),
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
    }
