"""The Operations screen: runs of many and single changes as the journal has them, and the screen of a run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Static

from jpmanage_tui.account.session import Session
from jpmanage_tui.operations.entry import Entry
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.operation import OperationEvent
from jpmanage_tui.operations.run import Run
from jpmanage_tui.operations.runner import RunEvent
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.services.exports import Export, Record
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.operations import OPERATION_FIELDS, ListedOperation
from jpmanage_tui.services.operation_text import run_lines
from jpmanage_tui.services.operations_list import (
    MOST_CHANGES,
    OWN_KEY,
    Filters,
    History,
    KeyNames,
    Operation,
    Status,
    count_statuses,
    matches,
    read_days,
    read_history,
)
from jpmanage_tui.services.run_report import run_report
from jpmanage_tui.ui.common.keys import key_line
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, FoundChoices
from jpmanage_tui.ui.sections.list_section import ListSection, ListTab
from jpmanage_tui.ui.sections.operations import text
from jpmanage_tui.ui.sections.operations.actions import NO_CHANGE, OPERATIONS, ROW_ACTIONS, OperationActions
from jpmanage_tui.ui.sections.operations.details_dialog import DetailsDialog
from jpmanage_tui.ui.sections.operations.list import OperationList
from jpmanage_tui.ui.sections.operations.run_view import TABS as ITEM_TABS, RunView
from jpmanage_tui.ui.widgets.item_list import ColumnHeadings
from jpmanage_tui.ui.widgets.search_bar import SearchBar
from jpmanage_tui.ui.widgets.tab_bar import CountedTabBar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

REFRESH_SECONDS = 0.4
"""How often what changes is shown at the most: on a slow line every change is bytes."""
STATUSES: tuple[tuple[ListTab, frozenset[Status]], ...] = (
    (ListTab("All", "All", "Nothing was changed yet."), frozenset()),
    (ListTab("Running", "Run.", "Nothing is under way."), frozenset({Status.RUNNING})),
    (ListTab("Paused", "Paus.", "No run is paused or interrupted."), frozenset({Status.PAUSED})),
    (
        ListTab("Unknown", "Unkn.", "It is known what became of every change that has ended."),
        frozenset({Status.UNKNOWN}),
    ),
    (ListTab("Failed", "Fail.", "Nothing failed."), frozenset({Status.FAILED})),
    (ListTab("Done", "Done", "Nothing was done yet."), frozenset({Status.DONE})),
)
"""The tabs, and the states that each lists."""
OF_STATUS = [statuses for _, statuses in STATUSES]
USUAL_DAYS = (1, 7, 30, 90)


class OperationsSection(OperationActions, ListSection[Operation]):
    """Runs and single changes, newest first; one run can be open."""

    COMMAND_SET = OPERATIONS
    NOUN = "operation"
    LOADING = "Reading the journal"
    SEARCH = "what was asked for, product, site, code, request id"
    SEARCH_ID = "search-operations"
    SEARCH_PAUSE = 0.2
    TABS = tuple(tab for tab, _ in STATUSES)
    NO_ROW = "No operation is selected."
    ROW_ACTIONS = ROW_ACTIONS
    PLACEHOLDER_ROWS = 10
    DEFAULT_CSS = """
    OperationsSection {
        #operations-view { height: 1fr; }
        #operation-details { height: 45%; max-height: 11; padding: 0 1; background: $surface; }
    }
    """

    def __init__(self, session: Session) -> None:
        self._history = History({}, {}, None)
        self._names = KeyNames.of(session)
        super().__init__(session)
        self.filters = Filters()
        self.run_view = RunView(session)
        self._loader: Loader[str] = Loader(self, "operations", failed=self.load_failed)
        self._found_runs: frozenset[int] = frozenset()
        """The runs of which a change has what is searched for."""
        self._runs_heard: dict[int, Run] = {}
        self._entries_heard: set[int] = set()
        self._refreshing: Timer | None = None

    def make_list(self) -> OperationList:
        """Return the list."""
        self.operations = OperationList(self.whose)
        return self.operations

    def compose(self) -> ComposeResult:
        """Compose the list with what is known of the row under the cursor, and the screen of a run behind it."""
        with Vertical(id="operations-view"):
            yield CountedTabBar([(tab.label, tab.short_label) for tab in self.TABS], "")
            yield SearchBar(self.SEARCH, field_id=self.SEARCH_ID, pause=self.SEARCH_PAUSE)
            yield ColumnHeadings(self.item_list)
            yield self.item_list
            yield Static("", markup=False, id="operation-details")
        yield self.run_view

    def on_show(self) -> None:
        """Read again what happened while another section was shown."""
        if self.loader.answered_at is not None:
            self.load()

    def focus_first(self) -> None:
        """The list that is shown has the focus."""
        (self.run_view.item_list if self.run_view.is_open else self.item_list).focus()

    # -- what the commands work on ---------------------------------------------------------

    def whose(self, operation: Operation) -> str:
        """Return the partner key, or the token, of an operation, "" where it is the present key."""
        return self._names.whose(operation.account, self._history.kinship(operation.account))

    @property
    def run(self) -> Run | None:
        """The run that is open, or under the cursor."""
        if self.run_view.run is not None:
            return self.run_view.run
        return self.current.run if self.current is not None else None

    @property
    def entry(self) -> Entry | None:
        """The change under the cursor, as far as it was begun."""
        if self.run_view.is_open:
            item = self.run_view.item_list.current
            return item.entry if item is not None else None
        return self.current.entry if self.current is not None else None

    @property
    def kinship(self) -> Kinship:
        """How the key of the run or the change stands to the present one."""
        if self.run_view.is_open:
            return self.run_view.kinship
        return self._history.kinship(self.current.account) if self.current is not None else Kinship.OTHER

    # -- reading ---------------------------------------------------------------------------

    @property
    def loader(self) -> Loader[str]:
        """The loader of the journal."""
        return self._loader

    def load(self) -> None:
        """Read the journal."""
        self._loader.load("history", partial(read_history, self.session), self._take_history)

    def _take_history(self, history: History) -> None:
        self._history = history
        self._show_rows()
        self.answered()
        run = self.run_view.run
        if run is not None and run.id in history.runs:
            self.run_view.take_run(history.runs[run.id])
        if self._runs_heard or self._entries_heard:  # it may have been read before that happened
            self._refresh_soon()

    def query_changed(self) -> None:
        """Show what the tab, the search and the filters leave."""
        if self.search_text != self.filters.text:
            self.filters = self.filters._replace(text=self.search_text)
            self._found_runs = frozenset()
            self._loader.cancel("search")
            if self.search_text:
                self._loader.load("search", partial(self._find_runs, self.search_text), self._take_found_runs)
        self._show_rows()
        self.show_placeholder()

    async def _find_runs(self, text: str) -> frozenset[int]:
        """Return the runs of which a change has a text."""
        with suppress(OperationError):  # the reading of all says what is wrong with the journal
            return await self.session.runner.runs_with(text)
        return frozenset()

    def _take_found_runs(self, runs: frozenset[int]) -> None:
        self._found_runs = runs
        self._show_rows()
        self.show_placeholder()

    def _show_rows(self) -> None:
        every = self._history.operations
        found = [one for one in every if matches(one, self.filters, self.whose(one), self._found_runs)]
        self.query_one(CountedTabBar).show(self.tab_index, count_statuses(found, OF_STATUS))
        wanted = OF_STATUS[self.tab_index]
        listed = [one for one in found if not wanted or one.statuses & wanted]
        before = self.operations.items
        if [one.key for one in listed] == [one.key for one in before if isinstance(one, Operation)]:
            now = [one for one, old in zip(listed, before, strict=True) if one != old]
            self.operations.update_rows(now)
        else:
            self.operations.show_items(listed)

    def show_tab(self, index: int) -> None:
        """Show which tab is on, from 0; `query_changed` is left to who calls."""
        self.tab_index = index

    def empty_lines(self) -> list[str]:
        """Return why nothing is listed."""
        if self._history.error:
            return [self._history.error, "", key_line("try again", "refresh")]
        tab = self.TABS[self.tab_index]
        if self.filters.days or self.filters.key is not None:
            listed = f" is listed under {tab.label}" if self.tab is not None else ""
            return [
                f"No operation of {self._filter_words()}{listed}.",
                "",
                key_line("another filter", "filter"),
            ]
        return (
            [tab.empty]
            if self.tab is None
            else [tab.empty, "", key_line("the other tabs", "previous-filter", "next-filter")]
        )

    # -- what happens meanwhile ------------------------------------------------------------

    def heard_run(self, event: RunEvent) -> None:
        """Take over how a run stands; it is shown with what comes in the next moment."""
        super().heard_run(event)
        self._runs_heard[event.run.id] = event.run
        self._refresh_soon()

    def heard(self, event: OperationEvent) -> None:
        """Take note that something happened to a change; it is read with what comes in the next moment."""
        super().heard(event)
        if event.entry_id is not None:
            self.changed(event.entry_id)

    def changed(self, *entry_ids: int) -> None:
        """Read again what became of entries of the journal, with what comes in the next moment."""
        self._entries_heard.update(entry_ids)
        self._refresh_soon()

    def _refresh_soon(self) -> None:
        if not self.shown:
            self._runs_heard.clear()  # all is read when it is shown
            self._entries_heard.clear()
        elif self._refreshing is None and not self._loader.waits_for("history"):
            self._refreshing = self.set_timer(REFRESH_SECONDS, self._refresh)

    def _refresh(self) -> None:
        self._refreshing = None
        if self._loader.waits_for("history"):
            return  # shown over what is being read, when that is there
        runs, entries = dict(self._runs_heard), frozenset(self._entries_heard)
        self._runs_heard.clear()
        self._entries_heard.clear()
        read = partial(self._read_changes, runs, entries)
        self._loader.load(f"changes {len(runs)} {min(entries, default=0)}", read, self._take_changes)

    async def _read_changes(
        self, heard: dict[int, Run], entry_ids: frozenset[int]
    ) -> tuple[dict[int, Run], list[Entry]]:
        """Return the runs and the changes that something happened to, as they stand now."""
        runs, entries = dict(heard), []
        journal = self.session.queue.journal
        with suppress(OperationError):  # the next reading of all says what is wrong with the journal
            for entry_id in entry_ids:
                with suppress(KeyError):
                    entry = await journal.entry(entry_id)
                    if entry.run_id is not None and entry.run_id not in runs:
                        runs[entry.run_id] = await journal.run(entry.run_id)
                    entries.append(entry)
        return runs, entries

    def _take_changes(self, changes: tuple[dict[int, Run], list[Entry]]) -> None:
        runs, entries = changes
        for run in runs.values():
            self._history = self._history.with_run(run)
        self._history = self._history.with_entries(entries)
        self._show_rows()
        if not self.operations.items:
            self.show_placeholder()
        shown = self.run_view.run
        if shown is not None and shown.id in runs:
            self.run_view.take_run(runs[shown.id])
        self.post_message(self.StatusChanged())

    # -- opening ---------------------------------------------------------------------------

    def action_open_row(self) -> None:
        """Open the run under the cursor, or show all that is known of the change."""
        operation = self.current
        if self.run_view.is_open:
            if self.run_view.detail_lines:
                self.app.push_screen(DetailsDialog("Change", self.run_view.detail_lines))
        elif operation is not None and operation.run is not None:
            self.open_run(operation.run)
        elif operation is not None:
            self.app.push_screen(DetailsDialog("Change", self._detail_lines(operation)))

    def open_row_disabled_reason(self) -> str | None:
        """Return that there is nothing to open."""
        if self.run_view.is_open:
            return None if self.run_view.detail_lines else NO_CHANGE
        return self.row_disabled_reason()

    def open_run(self, run: Run) -> None:
        """Show the screen of a run."""
        self.query_one("#operations-view").display = False
        kinship = self._history.kinship(run.account)
        self.run_view.open(run, self._names.whose(run.account, kinship), kinship)

    def step_back(self) -> bool:
        """Close the run; else leave the search, clear it, clear the filters."""
        if self.run_view.is_open:
            self.run_view.close()
            self.query_one("#operations-view").display = True
            self.item_list.focus()
        elif super().step_back():
            return True
        elif self.filters.days or self.filters.key is not None:
            self.filters = Filters()
            self.query_changed()
        else:
            return False
        self.post_message(self.StatusChanged())
        return True

    @on(VirtualList.Highlighted, "#operations")
    def _show_details(self) -> None:
        lines = self._detail_lines(self.current) if self.current is not None else []
        self.query_one("#operation-details", Static).update("\n".join(lines))

    def _detail_lines(self, operation: Operation) -> list[str]:
        whose = self.whose(operation)
        if operation.run is not None:
            return run_lines(operation.run, whose)
        if operation.entry is None:
            return []
        return text.entry_lines(operation.entry, whose, self._history.kinship(operation.account))

    # -- tabs and filters ------------------------------------------------------------------

    def _step_tab(self, step: int) -> None:
        if self.run_view.is_open:
            self.run_view.step_tab(step)
        else:
            super()._step_tab(step)

    def search_disabled_reason(self) -> str | None:
        """Return that a run's changes are not searched."""
        return "The changes of a run are listed by their states." if self.run_view.is_open else None

    filter_disabled_reason = search_disabled_reason

    def action_filter(self) -> None:
        """Let the user choose the days, or the key."""
        self.start_action(self._choose_filter())

    async def _choose_filter(self) -> None:
        days, key = self.filters.days, self.filters.key
        kinds = [
            Choice("days", "Days…", days.words if days is not None else ""),
            Choice("key", "Partner key…", (key or OWN_KEY) if key is not None else ""),
        ]
        if days is not None or key is not None:
            kinds.append(Choice("none", "No filter"))
        match await self.app.push_screen_wait(ChoiceDialog("Filter by", kinds)):
            case "days":
                await self._choose_days()
            case "key":
                await self._choose_key()
            case "none":
                self._set_filters(Filters(self.search_text))
            case _:
                pass

    def _set_filters(self, filters: Filters) -> None:
        self.filters = filters
        self.query_changed()

    async def _choose_days(self) -> None:
        today = datetime.now(UTC).date()  # as the journal, by this machine's clock

        async def find(typed: str) -> FoundChoices:
            note = "UTC days: 2026-03-01, 2026-03-01..2026-03-31, or a number of days back"
            if typed.strip():
                days = read_days(typed, today)
                return FoundChoices([Choice(typed, days.words)] if days is not None else [], note)
            usual = [(str(count), read_days(str(count), today)) for count in USUAL_DAYS]
            words = [f"Last {count} days" if count != "1" else "Today" for count, _ in usual]
            return FoundChoices(
                [
                    Choice(count, word, days.words if days is not None else "")
                    for (count, days), word in zip(usual, words, strict=True)
                ],
                note,
            )

        chosen = await self.app.push_screen_wait(
            ChoiceDialog("Which days?", source=find, placeholder="a day")
        )
        if chosen is not None:
            self._set_filters(self.filters._replace(days=read_days(chosen, today)))

    async def _choose_key(self) -> None:
        names = sorted({self.whose(one) for one in self._history.operations} | {""})
        choices = [
            Choice(f"={name}", name or self.session.key_name or OWN_KEY, "" if name else OWN_KEY)
            for name in names
        ]
        chosen = await self.app.push_screen_wait(ChoiceDialog("Which partner key?", choices))
        if chosen is not None:
            self._set_filters(self.filters._replace(key=chosen[1:]))

    def _filter_words(self) -> str:
        parts = [self.filters.days.words] if self.filters.days is not None else []
        if self.filters.key is not None:
            parts.append(self.filters.key or OWN_KEY)
        return ", ".join(parts)

    # -- export, menu ----------------------------------------------------------------------

    def export(self) -> Export:
        """Return the report of the open run, or the export of what is listed."""
        if self.run_view.run is not None:
            return run_report(self.session.runner, self.run_view.run)
        listed = [
            ListedOperation(one, self.whose(one))
            for one in self.operations.items
            if isinstance(one, Operation)
        ]

        async def rows(_codes: bool) -> AsyncIterator[Record]:
            for one in listed:
                yield record_of(OPERATION_FIELDS, one)

        return Export(self.count_text(), self.NOUN, "operations", names_of(OPERATION_FIELDS), rows)

    def row_title(self, item: Operation) -> str:
        """Return what was asked for."""
        return item.title

    # -- status ----------------------------------------------------------------------------

    def count_text(self) -> str:
        """Return how many operations are listed, and by what they are filtered."""
        words = super().count_text()
        filters = self._filter_words()
        return f"{words}, {filters}" if filters else words

    def summary_note(self) -> str:
        """Return that older changes are not listed, where there may be some."""
        if len(self._history.entries) < MOST_CHANGES:
            return ""
        return f" — of single changes the newest {MOST_CHANGES:,}"

    def summary(self) -> str:
        """Return how many operations are listed; of an open run how many changes."""
        if not self.run_view.is_open:
            return super().summary()
        label = ITEM_TABS[self.run_view.tab_index][0]
        count = self.run_view.item_list.count_words
        return f"{count} {'change' if count == '1' else 'changes'} ({label})"

    def counter(self) -> str:
        """Return where the cursor is in the list that is shown."""
        if not self.run_view.is_open:
            return super().counter()
        shown = self.run_view.item_list
        return f"{shown.position:,}/{shown.count_words}" if shown.position else ""

    @on(RunView.Changed)
    def _run_view_changed(self) -> None:
        self.post_message(self.StatusChanged())
