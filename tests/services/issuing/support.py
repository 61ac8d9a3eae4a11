"""Products and selections for the tests of issuing."""

from __future__ import annotations

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.services.issuing.quote import Quote, quote
from jpmanage_tui.services.issuing.selection import Pick, Selection
from tests.rules.support import product_of_slug

COMPLETE = product_of_slug(
    "jetpack-complete", 2014, "Jetpack Complete", "jetpack-packs", "50", bundles={5: "200"}
)
SECURITY = product_of_slug("jetpack-security-t1", 2016, "Jetpack Security (10GB)", "jetpack-packs", "11")
SCAN = product_of_slug(
    "jetpack-scan", 2106, "Jetpack Scan Daily", "jetpack-scan", "5", bundles={5: "22.50", 10: "60"}
)
SPAM = product_of_slug("jetpack-anti-spam", 2110, "Jetpack Anti-Spam", "jetpack-anti-spam", "0.16", "day")
BACKUP = product_of_slug("jetpack-backup-t1", 2112, "Jetpack Backup (10GB)", "jetpack-backup", "5")
ADD_ON = product_of_slug(
    "jetpack-backup-addon-storage-10gb-monthly",
    2040,
    "Jetpack Backup Add-on Storage (10GB)",
    "jetpack-backup-storage",
)
HOSTING = product_of_slug(
    "wpcom-hosting-business", 1018, "WordPress.com Business", "wpcom-hosting", "300", "year"
)
FREE_OF_PRICE = product_of_slug("jetpack-boost", 2401, "Jetpack Boost", "jetpack-boost", None)
WOO = product_of_slug("woocommerce-bookings", 2721, "WooCommerce Bookings", "woocommerce-extensions", "20")
CATALOG = (COMPLETE, SECURITY, SCAN, SPAM, BACKUP, ADD_ON, HOSTING, FREE_OF_PRICE, WOO)


def pick(slug: str, size: int = 1) -> Pick:
    return Pick(ProductSlug(slug), size)


def selected(*picks: tuple[str, int, int]) -> Selection:
    """Return a selection of (slug, size, count)."""
    return Selection(tuple((pick(slug, size), count) for slug, size, count in picks))


def quoted(*picks: tuple[str, int, int]) -> Quote:
    return quote(selected(*picks), CATALOG)
