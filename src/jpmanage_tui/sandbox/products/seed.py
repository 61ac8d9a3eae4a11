"""Product families, products and bundles.

Ids, slugs and names are real ones as far as they are known; ids of the rest, and EVERY PRICE, are made up: no
real price is public. Amounts are US dollars in cents per interval, a bundle's for the whole bundle.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from jpmanage_tui.sandbox.seed_options import SeedPlan

SIZES = (5, 10, 25)
"""The usual bundle sizes; ours, like the prices."""


@dataclass(frozen=True)
class Product:
    """One product. `bundles` lists (quantity, cents for the whole bundle)."""

    product_id: int
    slug: str
    name: str
    cents: int
    interval: str = "month"
    bundles: tuple[tuple[int, int], ...] = ()
    downloads: bool = False


def _at(cents: int, *percents: int) -> tuple[tuple[int, int], ...]:
    """Price the usual bundles of a product at percentages of the loose licenses' price."""
    return tuple(
        (size, cents * size * percent // 100) for size, percent in zip(SIZES, percents, strict=False)
    )


FAMILIES: tuple[tuple[str, str, tuple[Product, ...]], ...] = (
    (
        "jetpack-packs",
        "Jetpack Packs",
        (
            Product(2014, "jetpack-complete", "Jetpack Complete", 4995, bundles=_at(4995, 92, 88, 80)),
            Product(
                2016, "jetpack-security-t1", "Jetpack Security (10GB)", 1095, bundles=_at(1095, 90, 85, 75)
            ),
            Product(2019, "jetpack-security-t2", "Jetpack Security (1TB)", 2295, bundles=_at(2295, 92, 87)),
            Product(2030, "jetpack-starter", "Jetpack Starter", 595),
            Product(2010, "jetpack-security-daily", "Jetpack Security Daily", 995),
            Product(2012, "jetpack-security-realtime", "Jetpack Security Real-time", 2995),
        ),
    ),
    (
        "jetpack-plans",
        "Jetpack Plans",
        (
            Product(2002, "free", "Jetpack Free", 0),
            Product(2005, "personal", "Jetpack Personal", 350),
            Product(2000, "premium", "Jetpack Premium", 790),
            Product(2001, "professional", "Jetpack Professional", 2590),
        ),
    ),
    (
        "jetpack-backup",
        "Jetpack Backup",
        (
            Product(
                2112,
                "jetpack-backup-t1",
                "Jetpack Backup (10GB)",
                495,
                bundles=(*_at(495, 90, 84, 72), (250, 84900)),
            ),
            Product(
                2114,
                "jetpack-backup-t2",
                "Jetpack Backup (1TB)",
                1495,
                bundles=(*_at(1495, 92, 86), (100, 112500)),
            ),
            Product(2100, "jetpack-backup-daily", "Jetpack Backup Daily", 450),
            Product(2102, "jetpack-backup-realtime", "Jetpack Backup Real-time", 1950),
            Product(2120, "jetpack-backup-t0", "Jetpack Backup (1GB)", 195),
        ),
    ),
    (
        "jetpack-backup-storage",
        "Jetpack Backup Storage",
        (
            Product(
                2040, "jetpack-backup-addon-storage-10gb-monthly", "Jetpack Backup Add-on Storage (10GB)", 195
            ),
            Product(
                2044,
                "jetpack-backup-addon-storage-100gb-monthly",
                "Jetpack Backup Add-on Storage (100GB)",
                495,
            ),
            Product(
                2048, "jetpack-backup-addon-storage-1tb-monthly", "Jetpack Backup Add-on Storage (1TB)", 995
            ),
        ),
    ),
    (
        "jetpack-scan",
        "Jetpack Scan",
        (Product(2106, "jetpack-scan", "Jetpack Scan Daily", 495, bundles=_at(495, 90, 84, 72)),),
    ),
    (
        "jetpack-anti-spam",
        "Jetpack Anti-Spam",
        (Product(2110, "jetpack-anti-spam", "Jetpack Anti-Spam", 16, "day", bundles=_at(16, 95, 90, 80)),),
    ),
    (
        "jetpack-videopress",
        "Jetpack VideoPress",
        (Product(2116, "jetpack-videopress", "Jetpack VideoPress", 495),),
    ),
    (
        "jetpack-boost",
        "Jetpack Boost",
        (Product(2401, "jetpack-boost", "Jetpack Boost", 1095, bundles=_at(1095, 90)),),
    ),
    ("jetpack-search", "Jetpack Search", (Product(2104, "jetpack-search", "Jetpack Search", 27, "day"),)),
    (
        "jetpack-social",
        "Jetpack Social",
        (
            Product(2503, "jetpack-social-basic", "Jetpack Social Basic", 795),
            Product(2602, "jetpack-social-advanced", "Jetpack Social Advanced", 33, "day"),
        ),
    ),
    ("jetpack-ai", "Jetpack AI", (Product(2450, "jetpack-ai", "Jetpack AI", 995),)),
    (
        "jetpack-stats",
        "Jetpack Stats",
        (Product(2220, "jetpack-stats", "Jetpack Stats (Commercial license)", 995),),
    ),
    (
        "wpcom-hosting",
        "WordPress.com Hosting",
        (Product(1018, "wpcom-hosting-business", "WordPress.com Business", 30000, "year"),),
    ),
    (
        "woocommerce-extensions",
        "WooCommerce Extensions",
        (
            Product(2721, "woocommerce-bookings", "WooCommerce Bookings", 2079, downloads=True),
            Product(2722, "woocommerce-product-bundles", "WooCommerce Product Bundles", 658, downloads=True),
            Product(
                2723,
                "woocommerce-subscriptions",
                "WooCommerce Subscriptions",
                2329,
                bundles=((50, 104_805),),
                downloads=True,
            ),
            Product(
                2724,
                "woocommerce-table-rate-shipping",
                "WooCommerce Table Rate Shipping",
                991,
                downloads=True,
            ),
        ),
    ),
)


def products() -> dict[str, Product]:
    """Return every product by its slug."""
    return {product.slug: product for _, _, members in FAMILIES for product in members}


def fill(connection: sqlite3.Connection, plan: SeedPlan) -> None:
    """Fill families, products and bundles."""
    position = 0
    for place, (slug, name, members) in enumerate(FAMILIES):
        connection.execute("INSERT INTO families VALUES (?, ?, ?)", (slug, name, place))
        for product in members:
            position += 1
            _add(connection, product, slug, position)


def _add(connection: sqlite3.Connection, product: Product, family: str, position: int) -> None:
    folded = f"{product.name} {product.slug}".casefold()
    names = (product.product_id, product.slug, product.name, folded, family)
    connection.execute(
        "INSERT INTO products VALUES (?, ?, ?, ?, ?, 'USD', ?, ?, ?, ?)",
        (*names, product.cents, product.interval, product.downloads, position),
    )
    connection.executemany(
        "INSERT INTO bundles VALUES (?, ?, ?)",
        [(product.product_id, quantity, cents) for quantity, cents in product.bundles],
    )
