"""Watching many invoices being downloaded: progress of each, stop, and what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.style import Style
from textual.widget import Widget
from textual.worker import Worker

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.paging import Paginator
from jpmanage_tui.services.invoices.download_batch import Download, DownloadBatch
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.progress import ProgressDialog
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.states import state_style
from jpmanage_tui.ui.widgets.virtual_list import VirtualList

NUMBER = 20
STATE = 10


class BatchList(VirtualList):
    """A line for each invoice, with what became of it."""

    DEFAULT_CSS = "BatchList { height: 12; background: $surface; }"

    def __init__(self) -> None:
        super().__init__(id="batch")
        self._downloads: tuple[Download, ...] = ()

    def show_downloads(self, jobs: Sequence[Download]) -> None:
        """Show these invoices, the last one in view. The batch's own list may change between two frames."""
        self._downloads = tuple(jobs)
        self.changed()
        self.move_cursor(len(self._downloads) - 1)

    def line_count(self) -> int:
        """Return the number of invoices so far."""
        return len(self._downloads)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return what became of the invoice in a word, its file or its number, and more."""
        job = self._downloads[line]
        style = state_style(job.state.value)
        return [
            (pad(job.state.value, STATE), self.get_component_rich_style(style) if style else self.rich_style),
            (pad(job.name, max(NUMBER, cell_len(job.name))) + "  ", self.rich_style),
            (job.words, self.get_component_rich_style("list--muted")),
        ]


class BatchDialog(ProgressDialog[bool]):
    """Downloads invoices into `folder`; closing it while it runs is not possible, stopping it is.

    `invoices` lists them, from the first one each time it is called.
    """

    retry_label = "Try the rest"
    retry_changes = False

    def __init__(
        self,
        title: str,
        client: LicensingClient,
        invoices: Callable[[], AsyncIterator[Invoice]],
        folder: Path,
        skip: bool,
    ) -> None:
        super().__init__(title)
        self._list_invoices = invoices
        self.downloads = DownloadBatch(client, folder, skip, self.tell_progress)
        self._worker: Worker[None] | None = None
        self._downloading = False
        self._stopped = False

    def parts(self) -> Iterable[Widget]:
        """Return the list, and where the files go."""
        return BatchList(), self.text(f"Into {self.downloads.folder}.", muted=True)

    def on_mount(self) -> None:
        """Begin."""
        self.retry()

    @property
    def running(self) -> bool:
        """Whether invoices are being downloaded."""
        return self._downloading

    @property
    def can_retry(self) -> bool:
        """Whether not all of them are there."""
        return not self._downloading and not self.downloads.complete

    def retry(self) -> None:
        """Download what is not there yet."""
        self._downloading, self._stopped = True, False
        self._worker = self.run_worker(self._work(), group="batch", exclusive=True, exit_on_error=False)
        self.show()

    def stop(self) -> None:
        """Download nothing more, and drop what is on its way."""
        if self._worker is not None:
            self._stopped = True
            self._worker.cancel()

    def result(self) -> bool:
        """Return that it was closed after its end."""
        return True

    async def _work(self) -> None:
        invoices = self._list_invoices()
        try:
            await self.downloads.run(invoices)
            if isinstance(invoices, Paginator) and invoices.done and not invoices.complete:
                self.downloads.lack(invoices.left_out)
        finally:
            self._downloading = False
            self.tell_progress()

    def show(self) -> None:
        """Show how the downloads stand; once they have ended, why, and how to copy them."""
        self.query_one(BatchList).show_downloads(self.downloads.jobs)
        running = self.running
        self.show_count(f"{self.downloads.summary} — going on…" if running else self._end_words())
        self.query_one("#stop", Button).disabled_reason = None if running else "Nothing is running."
        self.query_one("#close", Button).disabled_reason = "Stop it first, or wait." if running else None
        self.query_one("#retry", Button).disabled_reason = (
            None if self.can_retry else "Nothing is left to try."
        )
        if not running and (self.focused is None or self.focused.id == "stop"):
            self.query_one("#close").focus()

    def _end_words(self) -> str:
        batch = self.downloads
        words = [f"{batch.summary}."]
        if self._stopped:
            words.append("Stopped: the rest was not downloaded.")
        if batch.list_error is not None:
            words.append(error_text(batch.list_error, "The list of invoices ends here", where=Where.DIALOG))
        if batch.ended:
            words.append(batch.ended)
        if not batch.jobs and not batch.ended and batch.list_error is None and not self._stopped:
            words = ["There is no invoice to download."]
        if batch.copy_line is not None:
            words.append(f"\nCopy them: {batch.copy_line}")
        return " ".join(words)
