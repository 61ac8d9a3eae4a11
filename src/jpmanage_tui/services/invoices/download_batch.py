"""Downloading many invoices, one after another, and what became of each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.rules.invoices import can_download, invoice_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.downloads import PartialFile, disk_words, scp_line
from jpmanage_tui.services.invoices.download import (
    ENDING,
    fetch_pdf,
    file_stem,
    format_size,
    progress_text,
    saved_copy,
    throttled,
)

IN_A_ROW = 3
"""Failures one after another that end it: then the line or the host is at fault, not the invoice."""


class DownloadState(StrEnum):
    """What became of one invoice."""

    RUNNING = "…"
    SAVED = "✓ saved"
    THERE = "= there"
    NO_PDF = "- no PDF"
    FAILED = "✗ failed"
    STOPPED = "✗ stopped"


_DONE = (DownloadState.SAVED, DownloadState.THERE, DownloadState.NO_PDF)


@dataclass
class Download:
    """One invoice of a batch; `words` says more: how far it is, the size of its file, or why it failed.

    `path` is where it was saved now, `there` where it was already; `error` is what the API or the host refused it with.
    """

    invoice: Invoice
    state: DownloadState = DownloadState.RUNNING
    words: str = ""
    path: Path | None = None
    there: Path | None = None
    error: ApiError | None = None

    @property
    def name(self) -> str:
        """The name of its file where there is one, else how sentences name the invoice."""
        path = self.path or self.there
        return path.name if path is not None else invoice_name(self.invoice)


@dataclass
class DownloadBatch:
    """Downloads invoices into `folder`. With `skip`, one that is there already (`saved_copy`) is not fetched again.

    `changed` is called after every change of `jobs`. `ended` says why it ended before its end, "" where it did not;
    `list_error` is the failure at which the list of invoices ended; `complete` whether nothing is left to try.
    """

    client: LicensingClient
    folder: Path
    skip: bool
    changed: Callable[[], None]
    jobs: list[Download] = field(default_factory=list)
    ended: str = ""
    list_error: ApiError | None = None
    complete: bool = False

    async def run(self, invoices: AsyncIterator[Invoice]) -> None:
        """Download what `invoices` yields, while it is yielded; what is done already is passed over.

        So a second run, over the list asked for anew, tries what failed, what was stopped and what was not begun.
        """
        self.ended, self.list_error, self.complete = "", None, False
        self.jobs = [job for job in self.jobs if job.state in _DONE]
        done = {job.invoice.id for job in self.jobs}
        failures = 0
        try:
            async for invoice in invoices:
                if invoice.id in done:
                    continue
                state = await self._one(invoice)
                failures = failures + 1 if state is DownloadState.FAILED else 0
                if failures == IN_A_ROW and not self.ended:
                    self.ended = f"Ended after {IN_A_ROW} failures one after another."
                if self.ended:
                    return
            self.complete = not self.count(DownloadState.FAILED)
        except ApiError as error:
            self.list_error = error

    def lack(self, left_out: int) -> None:
        """Note that so many invoices could not be read, 0 where nobody knows how many: they were not downloaded."""
        what = (
            f"{pluralize(left_out, 'invoice')} could not be read"
            if left_out
            else "There may be more invoices"
        )
        self.ended, self.complete = f"{self.ended} {what}.".strip(), False

    def count(self, state: DownloadState) -> int:
        """Return how many ended so."""
        return sum(job.state is state for job in self.jobs)

    @property
    def summary(self) -> str:
        """What became of them all, in one line."""
        figures = [f"{self.count(DownloadState.SAVED)} saved"]
        for state, words in (
            (DownloadState.THERE, "already there"),
            (DownloadState.NO_PDF, "without a PDF"),
            (DownloadState.FAILED, "failed"),
            (DownloadState.STOPPED, "stopped"),
        ):
            if self.count(state):
                figures.append(f"{self.count(state)} {words}")
        return ", ".join(figures)

    @property
    def copy_line(self) -> str | None:
        """Return the command that copies the saved files off this host, None where there is nothing to copy."""
        paths = [job.path for job in self.jobs if job.path is not None]
        if not paths:
            return None
        if len(paths) == 1:
            return scp_line(str(paths[0]), os.environ)
        same = _common_start([path.stem for path in paths])
        return scp_line(f"{self.folder}/{same}*.{ENDING}", os.environ)

    async def _one(self, invoice: Invoice) -> DownloadState:
        job = Download(invoice)
        self.jobs.append(job)
        self.changed()
        there = saved_copy(invoice, self.folder) if self.skip else None
        if not can_download(invoice):
            job.state = DownloadState.NO_PDF
        elif there is not None:
            job.state, job.there = DownloadState.THERE, there
        else:
            await self._download(job)
        self.changed()
        return job.state

    async def _download(self, job: Download) -> None:
        def report(size: int, whole: int | None) -> None:
            job.words = progress_text(size, whole)
            self.changed()

        try:
            with PartialFile(self.folder) as file:
                size = await fetch_pdf(self.client, job.invoice, file, throttled(report))
                await asyncio.to_thread(file.flush)
                job.path = file.keep(file_stem(job.invoice), ENDING)
        except ApiError as error:
            job.state, job.words, job.error = DownloadState.FAILED, error.message, error
        except OSError as error:
            job.state, job.words = DownloadState.FAILED, disk_words(error, self.folder)
            self.ended = f"Ended: {job.words}"
        else:
            job.state, job.words = DownloadState.SAVED, format_size(size)
        finally:
            if job.state is DownloadState.RUNNING:
                job.state, job.words = DownloadState.STOPPED, "nothing was saved of it"


def _common_start(texts: Sequence[str]) -> str:
    """Return what all texts begin with."""
    first, last = min(texts), max(texts)
    return first[
        : next((n for n, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    ]
