"""`d`: one invoice's PDF into the download folder."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from textual.worker import Worker

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import invoice_name
from jpmanage_tui.services.downloads import PartialFile, disk_words, is_taken, names, scp_line
from jpmanage_tui.services.invoices.download import (
    ENDING,
    default_path,
    fetch_pdf,
    file_stem,
    format_size,
    progress_text,
    saved_copy,
    throttled,
)
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog
from jpmanage_tui.ui.sections.base import Section


def saved_text(path: Path, size: int) -> str:
    """Return the sentence after a download; over SSH with the command that copies the file off this host."""
    copy = scp_line(str(path), os.environ)
    return f"Saved {path.name} ({format_size(size)}) in {path.parent}." + (
        f" Copy it: {copy}" if copy else ""
    )


class InvoiceDownload:
    """Saves one invoice at a time; esc cancels it, and then nothing is left of it."""

    def __init__(self, view: Section) -> None:
        self._view = view
        self._worker: Worker[None] | None = None
        self._invoice: Invoice | None = None
        self.words: str | None = None
        """What the status line says while a download runs."""

    @property
    def running(self) -> bool:
        """Whether a download runs (or asks where to)."""
        return self._worker is not None and not self._worker.is_finished

    def start(self, invoice: Invoice, data: bytes | None = None) -> None:
        """Save an invoice; `data` is its PDF where it was fetched already."""
        if not self.running:
            self._invoice = invoice
            self._worker = self._view.run_worker(
                self._save(invoice, data), group="invoice-download", exclusive=True, exit_on_error=False
            )

    def cancel(self) -> bool:
        """Break the download off; returns whether there was one."""
        if self._worker is None or not self.running:
            return False
        self._worker.cancel()
        name = invoice_name(self._invoice) if self._invoice is not None else ""
        self._view.notify(f"Download of {name} canceled: nothing was saved.", severity="warning")
        return True

    async def _save(self, invoice: Invoice, data: bytes | None) -> None:
        folder = self._view.session.download_folder
        replace = await self._may_replace(invoice)
        if replace is None:
            return
        name = invoice_name(invoice)
        self._show_progress(f"Downloading {name}…  esc cancels")
        try:
            with PartialFile(folder) as file:
                size = await self._write(invoice, data, file)
                await asyncio.to_thread(file.flush)  # all that may take long; the rest must not be cut in two
                path = file.keep(file_stem(invoice), ENDING, replace=replace)
        except ApiError as error:
            self._view.notify(f"Download of {name}: {error.message} Nothing was saved.", severity="error")
        except OSError as error:
            self._view.notify(f"Download of {name}: {disk_words(error, folder)}", severity="error")
        else:
            self._view.notify(saved_text(path, size), severity="success")
        finally:
            self._show_progress(None)

    async def _write(self, invoice: Invoice, data: bytes | None, file: PartialFile) -> int:
        if data is not None:
            return file.write(data)
        name = invoice_name(invoice)
        report = throttled(
            lambda size, whole: self._show_progress(
                f"Downloading {name}: {progress_text(size, whole)}  esc cancels"
            )
        )
        return await fetch_pdf(self._view.session.client, invoice, file, report)

    def _show_progress(self, words: str | None) -> None:
        self.words = words
        if self._view.is_mounted:
            self._view.post_message(self._view.StatusChanged())

    async def _may_replace(self, invoice: Invoice) -> bool | None:
        """Return whether a file that is there goes; asks where there is one. None: the user stepped back."""
        path = default_path(invoice, self._view.session.download_folder)
        if not is_taken(path):
            return False
        free = next(one for one in names(path.parent, path.stem, ENDING) if not is_taken(one))
        choices = [
            Choice("free", f"Save beside it as {free.name}"),
            Choice("replace", f"Replace the {path.name} that is there"),
        ]
        there = saved_copy(invoice, path.parent)
        title = f"{invoice_name(invoice)} is already there" if there is not None else "That name is taken"
        note = f"{(there or path).name} is in {path.parent}" + (
            "." if there is not None else ", and is no PDF."
        )
        chosen = await self._view.app.push_screen_wait(ChoiceDialog(title, choices, note=note))
        return None if chosen is None else chosen == "replace"
