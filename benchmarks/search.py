"""How fast "Find anything" is at 100,000 licenses, and what its index weighs, beside a plain scan of a Python list.

`python -m benchmarks.search [COUNT]` prints a table. Memory is what the process grew by (resident set), and what
tracemalloc counts.
"""

from __future__ import annotations

import gc
import random
import string
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductId
from jpmanage_tui.api.licenses import License, LicenseFilter, OwnerType
from jpmanage_tui.rules.search.fold import words_of
from jpmanage_tui.rules.search.index import LicenseIndex
from jpmanage_tui.rules.search.search import SearchQuery, search
from jpmanage_tui.services.search.cancellation import Cancellation

PLACES = (
    "north",
    "river",
    "harbour",
    "sunset",
    "oak",
    "maple",
    "tamarind",
    "fjord",
    "green",
    "old-town",
    "alpine",
)
TRADES = (
    "bakery",
    "studio",
    "garden",
    "pharmacy",
    "clinic",
    "bistro",
    "law",
    "yoga",
    "travel",
    "books",
    "florist",
)
PRODUCTS = (
    "Backup",
    "Scan",
    "Security",
    "Anti-spam",
    "Boost",
    "Social",
    "VideoPress",
    "Search",
    "Stats",
    "AI",
)
PEOPLE = ("Anna Berg", "Ειρήνη Παππά", "Dr Hassan", "Bäckerei Groß", "Adaobi Nwosu", "Nordlicht Digital")
PAGE = 100
TIMES = 9
QUERIES = {
    "rare word": "tamarind-florist-77",
    "frequent word": "bakery",
    "in every license": "jetpack",
    "two words": "north backup",
    "three characters": "k7q",
    "a number": "1050123",
    "a slip, nearly matching": "tamarnid-florsit",
    "two words with a slip": "bakrey backpu",
}


def made(count: int) -> Iterator[License]:
    """Yield licenses of an agency, the same ones each time, a third of a site each."""
    chance = random.Random(1)  # noqa: S311 - not for secrets
    letters = string.ascii_letters + string.digits
    now = datetime(2026, 6, 15, tzinfo=UTC)
    for number in range(count):
        site = chance.randrange(count // 3 + 1)
        product = chance.choice(PRODUCTS)
        yield License(
            license_key=LicenseKey(f"jetpack-{product.lower()}_{''.join(chance.choices(letters, k=25))}"),
            license_id=LicenseId(1_000_000 + number),
            product_id=ProductId(2100),
            product=f"Jetpack {product}",
            username=chance.choice(PEOPLE),
            blog_id=BlogId(200_000_000 + site),
            siteurl=f"https://{PLACES[site % 11]}-{TRADES[site // 11 % 11]}-{site}.example",
            issued_at=now - timedelta(minutes=number * 20),
            attached_at=now,
            was_attached=True,
            owner_type=OwnerType.JETPACK_PARTNER_KEY,
        )


def resident() -> float:
    """Return the resident memory of this process in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmRSS in /proc/self/status")


def build(count: int) -> LicenseIndex:
    """Return an index filled page by page, as the app fills it."""
    index = LicenseIndex()
    page: list[License] = []
    for license in made(count):
        page.append(license)
        if len(page) == PAGE:
            index.put(page)
            page = []
    index.put(page)
    return index


def timed(work: Callable[[], object]) -> float:
    """Return the median processor time of `work` in milliseconds: other programs do not count."""
    times = []
    for _ in range(TIMES):
        start = time.thread_time()
        work()
        times.append((time.thread_time() - start) * 1000)
    return median(times)


def longest_wait(work: Callable[[], object]) -> float:
    """Return for how many ms another thread that wants to run every 2 ms waits at most (median of several runs)."""
    return median(_one_wait(work) for _ in range(TIMES))


def _one_wait(work: Callable[[], object]) -> float:
    thread = threading.Thread(target=work)
    longest = 0.0
    thread.start()
    while thread.is_alive():
        start = time.perf_counter()
        time.sleep(0.002)
        longest = max(longest, time.perf_counter() - start - 0.002)
    thread.join()
    return longest * 1000


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def plain(texts: list[str], query: str) -> list[int]:
    """Return what a scan of a list finds: every word in the text."""
    words = words_of(query)
    return [row for row, text in enumerate(texts) if all(word in text for word in words)]


def main(count: int) -> None:
    """Measure and print."""
    sum(1 for _ in made(1000))  # what the models and the codecs load once is not the index's
    gc.collect()
    before = resident()
    index = build(count)
    gc.collect()
    grown = resident() - before
    texts = [
        " ".join(words_of(f"{one.siteurl} {one.product} {one.username} {one.license_key} {one.license_id}"))
        for one in made(count)
    ]
    tell(f"{count:,} licenses: index {grown:.1f} MB resident")
    tell(f"{'search':26} {'hits':>8} {'engine':>10} {'in app':>10} {'waits':>10} {'list scan':>10}")
    for name, query in QUERIES.items():
        wanted = SearchQuery(words_of(query), LicenseFilter.NOT_REVOKED)
        hits = len(search(index, wanted).rows)
        alone = timed(partial(search, index, wanted))
        beside = timed(lambda: search(index, wanted, Cancellation()))  # noqa: B023 - called before the next turn
        waits = longest_wait(lambda: search(index, wanted, Cancellation()))  # noqa: B023
        scan = timed(partial(plain, texts, query))
        tell(f"{name:26} {hits:8,} {alone:7.1f} ms {beside:7.1f} ms {waits:7.1f} ms {scan:7.1f} ms")
    texts.clear()
    del index
    gc.collect()
    tracemalloc.start()
    index = build(count)
    gc.collect()
    tell(f"tracemalloc: {tracemalloc.get_traced_memory()[0] / 2**20:.1f} MB for {index.count:,}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
