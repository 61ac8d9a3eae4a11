"""What the screen says about the index: how far it is, what was searched, what is filtered by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.rules.search.narrow import Narrow
from jpmanage_tui.ui.commands.keys import key_of
from jpmanage_tui.ui.find.stage import AUTO, Stage
from jpmanage_tui.ui.licenses.book import Query
from jpmanage_tui.ui.words import clock, number

if TYPE_CHECKING:
    from jpmanage_tui.ui.find.find import Find


def age_words(days: int) -> str:
    """Return an age as dialog and filter line say it."""
    return f"Older than {days:,} day{'' if days == 1 else 's'}"


def narrow_words(narrow: Narrow) -> str:
    """Return the line of the filters."""
    words = [
        f"site {narrow.site}" if narrow.site is not None else "",
        f"product {narrow.product}" if narrow.product is not None else "",
        age_words(narrow.older_than).lower() if narrow.older_than is not None else "",
    ]
    return "Filter  " + " · ".join(word for word in words if word)


def index_progress(find: Find) -> str | None:
    """Return how far the reading of all licences is, None when there is none."""
    if find.stage is not Stage.READING:
        return None
    read, of = find.read
    return (
        f"reading all licenses: {read:,} of {of:,}… {key_of('index')} stops"
        if of
        else "reading all licenses…"
    )


def searched(find: Find, query: Query) -> str:
    """Return what was searched for `query`: the server, the index, and how much of all is in it."""
    sources = []
    answer = find.answer
    if find.stage is Stage.READING and find.as_of is None:
        read, of = find.read
        sources.append(f"index {read:,} of {of:,}…" if of else "index begins…")
    elif answer is not None and find.as_of is not None:
        sources.append(f"index of {answer.hits.of:,} as of {clock(find.as_of)}")
    elif answer is not None:
        sources.append(f"index of {answer.hits.of:,} only; {key_of('index')} goes on")
    elif find.stage is Stage.PART:
        sources.append(f"index of {find.count:,} only; {key_of('index')} goes on")
    if query.narrow:
        return "; ".join(sources)
    return ", ".join(["server", *sources]) if sources else "server search"


def hint(find: Find, all_licenses: int) -> str:
    """Return how to search everything, where the index is not begun by itself; empty elsewhere."""
    return f"; {key_of('index')} searches all" if find.stage is Stage.NONE and all_licenses > AUTO else ""


def matches(find: Find, query: Query, count: int) -> str:
    """Return how many licences match what is searched and filtered."""
    near = find.answer is not None and find.answer.hits.near and not count_of_lead(find)
    if near and query.search:
        return f"{number(count, 'license')} nearly match{'es' if count == 1 else ''} “{query.search}”"
    if query.search:
        nearly = find.answer.hits.nearly if find.answer is not None else 0
        exact = count - nearly
        words = f"{number(exact, 'license')} match{'es' if exact == 1 else ''} “{query.search}”"
        return f"{words}, {nearly:,} nearly" if nearly else words
    return f"{number(count, 'license')}"


def count_of_lead(find: Find) -> int:
    """Return how many licences the server's first page gave."""
    answer = find.answer
    return len(answer.lead.items) if answer is not None and answer.lead is not None else 0
