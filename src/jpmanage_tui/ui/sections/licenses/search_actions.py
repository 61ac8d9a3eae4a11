"""The commands that search and filter all licences; they stand among those of the Licenses screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.rules.license_query import NO_FILTERS, Filters
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.search.index_state import AUTO, PERIOD, IndexState
from jpmanage_tui.ui.common.commands import Command
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.sections.licenses.text import age_text, index_progress

if TYPE_CHECKING:
    from jpmanage_tui.ui.dialogs.choice import Choice
    from jpmanage_tui.ui.sections.licenses.filter_dialog import FacetDialog
    from jpmanage_tui.ui.sections.licenses.section import LicensesSection


def _no_licenses(view: LicensesSection) -> str | None:
    if view.counts is None:
        return "The licenses are not counted yet."
    return None if view.counts.all else "This account has no licenses yet."


def find_commands() -> tuple[Command[LicensesSection], ...]:
    """Return the commands."""
    return (
        Command(
            "filter",
            "Filter",
            "Show only a site, a product, or what was issued long ago; esc takes the filters away.",
            lambda v: v.flows.start(choose_filter(v)),
            _no_licenses,
            footer=False,
        ),
        Command(
            "index",
            "Search index",
            "Read all licenses, so that search and filters cover every one; again stops the reading.",
            lambda v: v.flows.start(index(v)),
            _no_licenses,
            footer=False,
        ),
    )


# -- the index -----------------------------------------------------------------------------


async def index(view: LicensesSection) -> None:
    """Begin to read all licences, or stop it."""
    view.jpmanage.main.status.clear()  # what was said before would hide how far it is
    if view.find.stage is IndexState.READING:
        view.find.stop()
    elif await may_read(view):
        view.find.build()


def cost_words(licenses: int) -> str:
    """Return what reading so many licences takes."""
    from jpmanage_tui.services.search.index_builder import index_requests

    requests = index_requests(licenses)
    seconds = requests * PERIOD
    time = (
        pluralize(round(seconds / 60), "minute")
        if seconds >= 90
        else pluralize(max(1, round(seconds)), "second")
    )
    return (
        f"It takes about {pluralize(requests, 'request')}, and one more for each bundle, "
        f"at most {1 / PERIOD:.0f} a second: about {time} or more."
    )


async def may_read(view: LicensesSection) -> bool:
    """Return whether all licences may be read: above a number of them the user is asked."""
    from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog

    count = view.counts.all if view.counts is not None else 0
    if count <= AUTO or view.find.stage is IndexState.PART:
        return True
    question = Confirmation(
        f"Read all {count:,} licenses?",
        [
            "Search and filters then cover every license, also those inside bundles.",
            cost_words(count),
            f"The program stays usable meanwhile; {key_for('index')} stops it. The index is kept in memory only.",
        ],
        "Read all licenses",
        changes=False,
    )
    return await view.jpmanage.push_screen_wait(ConfirmDialog(question)) is not None


# -- filters -------------------------------------------------------------------------------


async def choose_filter(view: LicensesSection) -> None:
    """Ask what to filter by, then by which, and show that; it needs the index."""
    from jpmanage_tui.ui.dialogs.choice import ChoiceDialog

    filters = view.book.query.filters
    chosen = await view.app.push_screen_wait(ChoiceDialog("Filter by", _kinds(filters)))
    if chosen == "none":
        view.set_filters(NO_FILTERS)
    elif chosen is not None and await _ready(view):
        value = await view.app.push_screen_wait(_dialog(view, chosen))
        if value is not None:
            view.set_filters(_with_filter(view.book.query.filters, chosen, value))


def _kinds(filters: Filters) -> list[Choice]:
    from jpmanage_tui.ui.dialogs.choice import Choice

    age = age_text(filters.older_than).lower() if filters.older_than is not None else ""
    choices = [
        Choice("site", "Site…", filters.site or ""),
        Choice("product", "Product…", filters.product or ""),
        Choice("age", "Older than…", age),
    ]
    return [*choices, Choice("none", "No filter")] if filters else choices


async def _ready(view: LicensesSection) -> bool:
    """Begin the index where it is not there; returns False where the user does not want it."""
    if view.find.stage in (IndexState.NONE, IndexState.PART):
        if not await may_read(view):
            return False
        view.find.build()
    return True


def _with_filter(filters: Filters, by: str, value: str) -> Filters:
    match by:
        case "site":
            return filters._replace(site=value)
        case "product":
            return filters._replace(product=value)
        case _:
            return filters._replace(older_than=int(value))


def _dialog(view: LicensesSection, by: str) -> FacetDialog:
    from jpmanage_tui.ui.dialogs.choice import Choice
    from jpmanage_tui.ui.sections.licenses.filter_dialog import FacetDialog, Facets, ages

    find = view.find

    def facets(counted: list[tuple[str, int]]) -> Facets:
        progress = index_progress(find)
        note = progress or f"of {find.count:,} licenses and bundles; enter chooses"
        return Facets(
            [Choice(name, name, f"{count:,}") for name, count in counted], note, progress is not None
        )

    async def sites(text: str) -> Facets:
        return facets(await find.finder.sites(view.book.query.tab, text))

    async def products(text: str) -> Facets:
        return facets(await find.finder.products(view.book.query.tab, text))

    async def days(text: str) -> Facets:
        return Facets(ages(text), "issued before that; another number of days can be typed")

    match by:
        case "site":
            return FacetDialog("Which site?", sites, "type to search the sites with licenses")
        case "product":
            return FacetDialog("Which product?", products, "type to search the products")
        case _:
            return FacetDialog("How old?", days, "number of days")
