"""The screen of a run: how it stands, its changes by state, and what is known of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from jpmanage_tui.account.session import Session
from jpmanage_tui.operations.errors import OperationError
from jpmanage_tui.operations.run import ItemState, Run, RunItem
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.services.operation_text import run_lines
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.loaders import Loader
from jpmanage_tui.ui.common.messages import DataMessage
from jpmanage_tui.ui.common.workers import WorkerMixin
from jpmanage_tui.ui.sections.operations import text
from jpmanage_tui.ui.sections.operations.list import RunItemList
from jpmanage_tui.ui.widgets.item_list import ColumnHeadings
from jpmanage_tui.ui.widgets.tab_bar import CountedTabBar
from jpmanage_tui.ui.widgets.text_line import TextLine, Tone
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

TABS: tuple[tuple[str, str, frozenset[ItemState]], ...] = (
    ("All", "All", frozenset()),
    ("Problems", "Probl.", frozenset({ItemState.FAILED, ItemState.UNKNOWN})),
    ("Not begun", "Not b.", frozenset({ItemState.WAITING, ItemState.SKIPPED})),
    ("On its way", "On w.", frozenset({ItemState.ACTIVE})),
    ("Done", "Done", frozenset({ItemState.DONE})),
)
"""The tabs over the changes: label, short label, and the states listed, all where none is named."""
PROBLEMS = 1


class RunView(WorkerMixin, Vertical):
    """A run that is open."""

    DEFAULT_CSS = """
    RunView {
        display: none; height: 1fr;
        & #run-details { height: 45%; max-height: 11; padding: 0 1; background: $surface; }
    }
    """

    class Changed(DataMessage):
        """What is shown of the run has changed."""

    def __init__(self, session: Session) -> None:
        super().__init__(id="run")
        self._session = session
        self.run: Run | None = None
        self.whose = ""
        self.kinship = Kinship.SAME
        self.tab_index = 0
        self.error = ""
        """Why the run could not be read, as a sentence."""
        self.item_list = RunItemList()
        self._loader: Loader[str] = Loader(self, "run", failed=lambda _key, _error: None)

    def compose(self) -> ComposeResult:
        """Compose the run's line, the tabs, the list, and what is known of a change."""
        yield TextLine(id="run-title")
        yield TextLine(id="run-reason")
        yield CountedTabBar([(label, short) for label, short, _ in TABS], "")
        yield ColumnHeadings(self.item_list)
        yield self.item_list
        yield Static("", markup=False, id="run-details")

    @property
    def is_open(self) -> bool:
        """Whether a run is shown."""
        return self.run is not None

    def open(self, run: Run, whose: str, kinship: Kinship) -> None:
        """Show a run; its problems first, where it has any and does not go on."""
        self.run, self.whose, self.kinship, self.error = run, whose, kinship, ""
        stands = run.state.settled or run.resumable
        self.tab_index = PROBLEMS if stands and (run.counts.failed or run.counts.unknown) else 0
        self.item_list.clear()
        self.item_list.placeholder = ["· · ·"]
        self.display = True
        self._show_run()
        self.read()
        self.item_list.focus()

    def close(self) -> None:
        """Show no run any more."""
        self.run = None
        self.display = False
        self._loader.clear()
        self.item_list.clear()

    def take_run(self, run: Run) -> None:
        """Take over how the run stands now, and read how its changes do."""
        self.run = run
        self._show_run()
        self.read()

    def step_tab(self, step: int) -> None:
        """Show the next tab, or the one before."""
        self.tab_index = (self.tab_index + step) % len(TABS)
        self._show_states(self.item_list.states)

    # -- reading -------------------------------------------------------------------------

    def read(self) -> None:
        """Read how the run's changes stand; the list asks for those in view."""
        if self.run is not None and not self._loader.waits_for("states"):
            self._loader.load("states", partial(self._read_states, self.run.id), self._take_states)

    async def _read_states(self, run_id: int) -> tuple[ItemState, ...] | OperationError:
        try:
            return await self._session.runner.item_states(run_id)
        except OperationError as error:
            return error

    def _take_states(self, states: tuple[ItemState, ...] | OperationError) -> None:
        if isinstance(states, OperationError):
            self.error = states.sentence
            self.item_list.placeholder = ["", states.sentence]
            self.item_list.refresh()
            return
        self._show_states(states)

    def _show_states(self, states: Sequence[ItemState]) -> None:
        if self.run is None:
            return
        wanted = TABS[self.tab_index][2]
        counts = [sum(not of or state in of for state in states) for _, _, of in TABS]
        self.query_one(CountedTabBar).show(self.tab_index, counts)
        self.item_list.placeholder = ["", f"No change of this run is listed under {TABS[self.tab_index][0]}."]
        self.item_list.show_states(states, wanted)
        self._load_view()
        self.post_message(self.Changed())

    @on(VirtualList.VisibleRangeChanged)
    def _load_view(self) -> None:
        missing = self.item_list.missing()
        if self.run is not None and missing:
            self._loader.load("items", partial(self._read_items, self.run.id, missing), self._take_items)

    async def _read_items(
        self, run_id: int, positions: Sequence[int]
    ) -> tuple[RunItem, ...] | OperationError:
        try:
            return await self._session.runner.items_at(run_id, positions)
        except OperationError as error:
            return error

    def _take_items(self, items: tuple[RunItem, ...] | OperationError) -> None:
        if isinstance(items, OperationError):
            self.error = items.sentence
            self._show_details()
        elif self.run is not None:
            self.error = ""
            self.item_list.store(items)
            self.post_message(self.Changed())

    # -- showing -------------------------------------------------------------------------

    def _show_run(self) -> None:
        run = self.run
        if run is None:
            return
        first, *more = run_lines(run, self.whose)
        state, *reason = more
        self.query_one("#run-title", TextLine).show_words(
            [(f"← {key_for('back')}  ", Tone.MUTED), (first, Tone.STRONG)]
        )
        words = " ".join([state, *reason])
        self.query_one("#run-reason", TextLine).show_words([(words, Tone.PLAIN)])

    @on(VirtualList.Highlighted)
    def _show_details(self) -> None:
        self.query_one("#run-details", Static).update("\n".join(self.detail_lines))

    @property
    def detail_lines(self) -> list[str]:
        """What is known of the change under the cursor."""
        if self.error:
            return [self.error]
        item = self.item_list.current
        return text.item_lines(item, self.whose, self.kinship) if item is not None else []
