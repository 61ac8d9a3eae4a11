"""Watching the invoices of a filter being downloaded: progress of each, stop, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import Worker

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.rules.invoices import invoice_name
from jpmanage_tui.services.invoices.batch import Download, DownloadBatch
from jpmanage_tui.ui.common.text import Where, error_text
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.widgets.button import PushButton
from jpmanage_tui.ui.widgets.line import pad
from jpmanage_tui.ui.widgets.list_commands import move
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
        self.place(len(self._downloads) - 1)

    def line_count(self) -> int:
        """Return the number of invoices so far."""
        return len(self._downloads)

    def paint(self, line: int, width: int) -> list[tuple[str, Style]]:
        """Return what became of the invoice in a word, its number, and more."""
        job = self._downloads[line]
        return [
            (pad(job.state.value, STATE), self.get_component_rich_style("list--strong")),
            (pad(invoice_name(job.invoice), NUMBER) + "  ", self.rich_style),
            (job.words, self.get_component_rich_style("list--muted")),
        ]


class BatchDialog(Dialog[bool]):
    """Downloads every invoice of `status` into `folder`; closing it while it runs is not possible, stopping it is."""

    DEFAULT_CSS = "BatchDialog > .dialog--box { width: 100; }"
    first_focus: ClassVar[str | None] = "#stop"

    class Progressed(Message):
        """Something changed in the batch."""

    class Ended(Message):
        """The batch ended."""

    def __init__(
        self, title: str, client: LicensingClient, status: InvoiceStatus | None, folder: Path, skip: bool
    ) -> None:
        super().__init__(title)
        self._client = client
        self._status = status
        self.downloads = DownloadBatch(client, folder, skip, self._tell)
        self.running = False
        self._worker: Worker[None] | None = None
        self._stopped = False

    def body(self) -> ComposeResult:
        """Compose the list, the sentence and the buttons."""
        yield BatchList()
        yield self.text(f"Into {self.downloads.folder}.", muted=True)
        yield self.text("", id="count")
        yield self.buttons(
            PushButton("Stop", id="stop"),
            PushButton("Try the rest", id="retry"),
            PushButton("Close", id="close"),
        )

    def on_mount(self) -> None:
        """Begin."""
        self._start()

    def _tell(self) -> None:
        self.post_message(self.Progressed())

    def _start(self) -> None:
        self.running, self._stopped = True, False
        self._worker = self.run_worker(self._work(), group="batch", exclusive=True, exit_on_error=False)
        self._progressed()

    async def _work(self) -> None:
        invoices = self._client.invoices.list_all(self._status)
        try:
            await self.downloads.run(invoices)
            if invoices.done and not invoices.complete:
                self.downloads.lack(invoices.left_out)
        finally:
            self.post_message(self.Ended())

    @on(Progressed)
    def _progressed(self) -> None:
        self.query_one(BatchList).show_downloads(self.downloads.jobs)
        self.query_one("#count", Static).update(f"{self.downloads.summary} — going on…")
        self._set_buttons()

    @on(Ended)
    def _over(self) -> None:
        self._progressed()
        self.running = False
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
        copy = batch.copy_line
        if copy is not None:
            words.append(f"\nCopy them: {copy}")
        self.query_one("#count", Static).update(" ".join(words))
        self._set_buttons()
        if self.focused is None or self.focused.id == "stop":
            self.query_one("#close").focus()

    def _set_buttons(self) -> None:
        left = not self.running and not self.downloads.complete
        self.esc_words = "Stop" if self.running else "Close"
        self.tell_keys()
        self.query_one("#stop", PushButton).off = None if self.running else "Nothing is running."
        self.query_one("#close", PushButton).off = "Stop it first, or wait." if self.running else None
        self.query_one("#retry", PushButton).off = None if left else "Nothing is left to try."

    @on(PushButton.Pressed, "#stop")
    def _stop(self) -> None:
        if self.running and self._worker is not None:
            self._stopped = True
            self._worker.cancel()

    @on(PushButton.Pressed, "#retry")
    def _retry(self, event: PushButton.Pressed) -> None:
        if not event.button.off:
            self._start()

    @on(PushButton.Pressed, "#close")
    def _close(self, event: PushButton.Pressed) -> None:
        if not event.button.off:
            self.dismiss(True)

    def step_back(self) -> None:
        """Stop while it runs, close after (esc)."""
        if self.running:
            self._stop()
        else:
            self.dismiss(True)

    def press(self, event: events.Key) -> None:
        """Move in the list as in every list, between the buttons with left and right."""
        if not move(self.query_one(BatchList), event):
            super().press(event)
