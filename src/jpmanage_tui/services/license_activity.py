"""What was issued and revoked on some days, from a reading of all licenses; without any money: the API gives none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.rules.activity import Activity, activity_of
from jpmanage_tui.rules.day_range import DayRange, month_of
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.license_lists import incomplete_words

if TYPE_CHECKING:
    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.services.search.search_index import SearchIndex

COUNTED = "Each license in a bundle counts; those bought elsewhere do not."
REPLACED = "Those revoked inside a bundle that goes on are in no list of the API, and are missing here."
"""(Contract: licenses 1.3, 2.5.)"""


class ReadActivity(NamedTuple):
    """What was found in all licenses, when these were read, and what of them could not be read."""

    activity: Activity
    as_of: datetime
    left_out: int = 0
    cut_short: bool = False

    @property
    def lacks(self) -> str:
        """What may be missing, in a few words; "" where nothing is."""
        words = [incomplete_words(self.left_out, self.cut_short)]
        if self.activity.undated:
            words.append(f"{pluralize(self.activity.undated, 'license')} without a date")
        return "; ".join(word for word in words if word)


def this_month(now: datetime) -> DayRange:
    """Return the month, by UTC, of a moment (aware)."""
    return month_of(now.astimezone(UTC).date())


def days_text(days: DayRange) -> str:
    """Return the days as a sentence names them: "in March 2026 (UTC)", or by their first and last."""
    first = days.first
    if first is not None and days == month_of(date(first.year, first.month, 1)):
        return f"in {first:%B %Y} (UTC)"
    return f"{days.words} (UTC)"


def activity_text(activity: Activity) -> str:
    """Return how many licenses were issued and revoked, and when."""
    issued, days = pluralize(activity.issued, "license"), days_text(activity.days)
    return f"{issued} issued and {activity.revoked:,} revoked {days}"


async def indexed_activity(
    index: SearchIndex, days: DayRange, as_of: datetime, left_out: int, cut_short: bool
) -> ReadActivity:
    """Return what was issued and revoked on these days, by an index of all licenses as they were read `as_of`."""
    found = [license async for license in index.dated_in(days)]
    return ReadActivity(activity_of(found, days), as_of, left_out, cut_short)


async def read_activity(
    client: LicensingClient, days: DayRange, report: Callable[[str], None]
) -> ReadActivity:
    """Read all licenses, those in bundles too, and return what was issued and revoked on these days.

    `report` is told in a few words how far it is. Raises ApiError.
    """
    from jpmanage_tui.services.search.index_builder import IndexBuilder, RateLimiter
    from jpmanage_tui.services.search.search_index import SearchIndex

    counts = await client.licenses.counts()
    index = SearchIndex()
    try:
        builder = IndexBuilder(client, index, RateLimiter(0.0), client.server_now() or datetime.now(UTC))
        await builder.run(counts, lambda: report(f"{pluralize(builder.read, 'license')} read"))
        return await indexed_activity(index, days, builder.began, builder.left_out, builder.cut_short)
    finally:
        index.close()
