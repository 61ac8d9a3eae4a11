"""`jpmanage invoices`: the invoices of a partner key, their PDF files, and paying one."""

from __future__ import annotations

import argparse
import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jpmanage_tui.cli import output
from jpmanage_tui.cli.change_command import change_command
from jpmanage_tui.cli.command import Command, CommandGroup, Example, Invocation
from jpmanage_tui.cli.errors import CommandError, exit_code_of, failure_of, tell
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.formats import RowWriter, add_output_options, chosen_fields, row_writer
from jpmanage_tui.cli.inputs import Inputs
from jpmanage_tui.cli.parser import Parser, near_match
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.reading import Listing, each, read_command
from jpmanage_tui.config.paths import expand_user

if TYPE_CHECKING:
    from datetime import datetime

    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
    from jpmanage_tui.api.paging import CursorPaginator
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.rules.day_range import DayRange
    from jpmanage_tui.services.fields.field import Fields
    from jpmanage_tui.services.fields.invoices import InvoiceRow
    from jpmanage_tui.services.invoices.download_batch import Download, DownloadBatch
    from jpmanage_tui.services.invoices.lookup import FoundInvoices

PAST_DUE = "past-due"
STATUSES = ("all", "open", PAST_DUE, "paid", "draft", "void", "uncollectible")
"""The tabs of the app, and the open ones whose day is over."""
LISTED = ("state", "summary", "message")
"""The fields of a payment that a table shows."""


def _fields() -> Fields[InvoiceRow]:
    from jpmanage_tui.services.fields.invoices import INVOICE_FIELDS

    return INVOICE_FIELDS


def _download_fields() -> Fields[Download]:
    from jpmanage_tui.services.fields.invoices import DOWNLOAD_FIELDS

    return DOWNLOAD_FIELDS


# -- which invoices --------------------------------------------------------------------------


def year(text: str) -> str:
    """Return a year of four digits. Raises ArgumentTypeError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) == 4 and text != "0000"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a year, such as 2026")
    return text


def _filter_options(parser: Parser) -> None:
    group = parser.add_argument_group("which invoices")
    parser.option(
        "--status",
        to=group,
        choices=STATUSES,
        help="the tab of the app (all), or past-due: open, and the day on which it was due is over",
    )
    dates = group.add_mutually_exclusive_group()
    parser.option("--year", to=dates, type=year, metavar="YEAR", help="issued in this year (UTC)")
    parser.option(
        "--issued",
        to=dates,
        metavar="DAYS",
        help="issued on these days (UTC): 2026-03-31, 2026-03, 2026-01..2026-03",
    )


def _name(parser: Parser) -> None:
    parser.add_argument("invoice", metavar="INVOICE", help="the invoice's number or id")


def _now(session: Session) -> datetime:
    """Return the server's own time, by which an invoice is past due, as the app does."""
    from datetime import UTC, datetime

    return session.client.server_now() or datetime.now(UTC)


def _status(arguments: argparse.Namespace) -> InvoiceStatus | None:
    """Return the status that the API is asked for, None for all."""
    from jpmanage_tui.api.invoices import InvoiceStatus

    word = arguments.status
    if word in (None, "all"):
        return None
    return InvoiceStatus.OPEN if word == PAST_DUE else InvoiceStatus(word)


def _days(arguments: argparse.Namespace) -> DayRange | None:
    """Return the days of issue that are asked for, None for any. Raises CommandError."""
    from jpmanage_tui.rules.day_range import DayRangeError, read_day_range

    text = arguments.year or arguments.issued
    if text is None:
        return None
    try:
        return read_day_range(text)
    except DayRangeError as error:
        raise CommandError(str(error)) from None


class _Filtered:
    """The invoices that the options ask for, one by one as they are read, in the order of the screen."""

    def __init__(self, session: Session, arguments: argparse.Namespace, progress: Progress) -> None:
        self._days = _days(arguments)
        self._past_due = arguments.status == PAST_DUE
        self._session = session
        self._progress = progress
        self.listed: CursorPaginator[Invoice] = session.client.invoices.list_all(_status(arguments))
        self.undated = 0
        """How many have no date, and so are not among those of a range."""

    async def __aiter__(self) -> AsyncIterator[Invoice]:
        from jpmanage_tui.rules.invoices import is_issued_in, is_past_due, issued_on

        read = 0
        async for invoice in self.listed:
            read += 1
            self._progress(f"{read:,} invoices read…")
            if self._past_due and not is_past_due(invoice, _now(self._session)):
                continue
            if self._days is None or is_issued_in(invoice, self._days):
                yield invoice
            else:
                self.undated += issued_on(invoice) is None

    def lacks(self) -> str:
        """Return what is not among them, in a few words."""
        from jpmanage_tui.rules.text import lacking

        return lacking(self.listed, "invoice")

    def about(self) -> list[str]:
        """Return that invoices without a date are in no range of days."""
        from jpmanage_tui.rules.text import pluralize

        if not self.undated:
            return []
        have, are = ("has", "is") if self.undated == 1 else ("have", "are")
        return [f"{pluralize(self.undated, 'invoice')} {have} no date and {are} not among them."]


def _meant(found: FoundInvoices, word: str) -> Invoice:
    """Return the invoice that a word means. Raises CommandError where it means none, or several."""
    from jpmanage_tui.rules.text import lacking

    meant = found.meant_by(word)
    if len(meant) > 1:
        raise CommandError(
            f"{len(meant)} invoices have the number {word}: give the id, {', '.join(one.id for one in meant)}."
        )
    if not meant:
        lacks = lacking(found, "invoice")
        raise CommandError(
            f"There is no invoice {word}.{near_match(word, found.names)}{f' But {lacks}.' if lacks else ''}",
            ExitCode.REFUSED,
            "unknown_invoice",
        )
    return meant[0]


# -- list, show ------------------------------------------------------------------------------


async def _list(session: Session, arguments: argparse.Namespace, progress: Progress) -> Listing[InvoiceRow]:
    from jpmanage_tui.services.fields.invoices import InvoiceRow

    filtered = _Filtered(session, arguments, progress)

    async def rows() -> AsyncIterator[InvoiceRow]:
        async for invoice in filtered:
            yield InvoiceRow(invoice, _now(session))

    return Listing(rows(), filtered.lacks, about=filtered.about)


async def _show(session: Session, arguments: argparse.Namespace, progress: Progress) -> Listing[InvoiceRow]:
    from jpmanage_tui.services.fields.invoices import InvoiceRow
    from jpmanage_tui.services.invoices.lookup import read_invoices

    word = arguments.invoice
    invoice = _meant(await read_invoices(session.client, [word], progress), word)
    return Listing(each([InvoiceRow(invoice, _now(session))]))


def _show_options(parser: Parser) -> None:
    _name(parser)
    parser.option("--text", action="store_true", help="print the text of its PDF in the place of its fields")


async def _show_text(invocation: Invocation) -> int:
    """Print the text of an invoice's PDF, as the app shows it."""
    from jpmanage_tui.rules.invoices import can_download, invoice_name
    from jpmanage_tui.services.invoices.download import fetch_pdf
    from jpmanage_tui.services.invoices.lookup import read_invoices
    from jpmanage_tui.services.invoices.pdf_reader import UnreadablePdf, read_pdf

    arguments, progress = invocation.arguments, Progress()
    if arguments.format is not None or arguments.fields is not None:
        raise CommandError("--text prints text, no fields: drop it, or the options for the output.")
    if arguments.all_profiles or arguments.all_keys:
        raise CommandError("--text is about one invoice: choose its account with --profile and --key.")
    session = await invocation.account_service.open()
    try:
        word = arguments.invoice
        invoice = _meant(await read_invoices(session.client, [word], progress), word)
        if not can_download(invoice):
            raise CommandError(f"Invoice {invoice_name(invoice)} has no PDF.", ExitCode.REFUSED, "no_pdf")
        progress("Fetching the PDF…")
        pdf = io.BytesIO()
        await fetch_pdf(session.client, invoice, pdf)
        try:
            content = await read_pdf(pdf.getvalue())
        except UnreadablePdf as error:
            raise CommandError(
                f"{error} `jpmanage invoices download {invoice_name(invoice)}` saves it.",
                ExitCode.REFUSED,
                "unreadable_pdf",
            ) from None
    finally:
        progress.clear()
        await session.close()
    output.write("".join(f"{line}\n" for line in content.lines))
    if content.cut:
        output.write_error("jpmanage: not complete: the PDF has more text than is read here.")
        return ExitCode.PARTIAL
    return ExitCode.OK


def _show_command() -> Command:
    fields = read_command(
        "show",
        "show an invoice, or its text",
        _show,
        _fields,
        arguments=_show_options,
        examples=(
            Example("jpmanage invoices show NLD7A01-0025", "The fields of an invoice, by its number."),
            Example("jpmanage invoices show NLD7A01-0025 --text | less", "What is printed on it."),
        ),
        single=True,
    )

    async def run(invocation: Invocation) -> int:
        show = _show_text if invocation.arguments.text else fields.run
        return await show(invocation) if show is not None else ExitCode.INTERNAL

    return replace(fields, run=run)


# -- download --------------------------------------------------------------------------------


def _download_options(parser: Parser) -> None:
    parser.words("invoices", metavar="INVOICE", help="the number or id of an invoice")
    _filter_options(parser)
    parser.option("--all", action="store_true", help="every invoice of the partner key")
    parser.option(
        "--dir", type=Path, metavar="DIR", help="the folder (the app's: JPMANAGE_DOWNLOAD_DIR, download_dir)"
    )
    parser.option(
        "--again",
        action="store_true",
        help="also those whose file is in the folder already: under a further name, files are never overwritten",
    )
    add_output_options(parser)


class _Downloading:
    """One download of some invoices."""

    def __init__(self, invocation: Invocation) -> None:
        self._arguments = arguments = invocation.arguments
        self._invocation = invocation
        self._writer: RowWriter = row_writer(arguments, chosen_fields(arguments, _download_fields()))
        self._fields = chosen_fields(arguments, _download_fields())
        self._progress = Progress()
        self._written = 0
        self._missed = 0
        self._check()

    def _check(self) -> None:
        """Raise CommandError where it is not clear which invoices are meant."""
        arguments = self._arguments
        filters = [
            f"--{name}" for name in ("status", "year", "issued") if getattr(arguments, name) is not None
        ]
        if arguments.invoices and (arguments.all or filters):
            other = "--all" if arguments.all else filters[0]
            raise CommandError(f"Invoices by name and {other} contradict each other: drop one of them.")
        if arguments.all and filters:
            raise CommandError(f"--all and {filters[0]} contradict each other: drop one of them.")
        if not arguments.invoices and not arguments.all and not filters:
            raise CommandError(
                "Name the invoices to download, or choose them with --status, --year, --issued or --all."
            )
        _days(arguments)

    async def run(self) -> int:
        """Download, print what became of each invoice as it ends, and return the exit code."""
        from jpmanage_tui.services.invoices.download_batch import DownloadBatch

        session = await self._invocation.account_service.open()
        arguments = self._arguments
        folder = expand_user(arguments.dir, "--dir") if arguments.dir is not None else session.download_folder
        batch = DownloadBatch(session.client, folder, not arguments.again, self._changed)
        self._batch = batch
        try:
            lacks = await self._run(session, batch)
        except asyncio.CancelledError:
            self._changed()
            self._writer.end()
            output.write_error(f"Stopped: {batch.summary}, in {batch.folder}.")
            raise
        finally:
            self._progress.clear()
            await session.close()
        self._writer.end()
        return self._ended(batch, lacks)

    async def _run(self, session: Session, batch: DownloadBatch) -> str:
        """Download them, and return what could not be read of the list of invoices."""
        from jpmanage_tui.rules.text import lacking
        from jpmanage_tui.services.invoices.lookup import read_invoices

        words = list(dict.fromkeys(self._arguments.invoices))
        if not words:
            filtered = _Filtered(session, self._arguments, self._progress)
            await batch.run(aiter(filtered))
            for line in filtered.about():
                output.write_error(line)
            return filtered.lacks()
        found = await read_invoices(session.client, words, self._progress)
        meant = []
        for word in words:
            try:
                meant.append(_meant(found, word))
            except CommandError as error:
                self._progress.clear()
                output.write_error(f"jpmanage: {error.sentence}")
                self._missed += 1
        await batch.run(each(meant))
        return lacking(found, "invoice") if self._missed else ""

    def _changed(self) -> None:
        """Print what has ended since it was looked at last, and say how far the one is that is under way."""
        from jpmanage_tui.services.fields.field import record_of
        from jpmanage_tui.services.invoices.download_batch import DownloadState

        jobs = self._batch.jobs
        while self._written < len(jobs) and jobs[self._written].state is not DownloadState.RUNNING:
            self._progress.clear()
            self._writer.row(record_of(self._fields, jobs[self._written]))
            self._written += 1
        if self._written < len(jobs):
            job = jobs[self._written]
            self._progress(f"{len(jobs):,}: {job.name} {job.words}".rstrip())

    def _ended(self, batch: DownloadBatch, lacks: str) -> ExitCode:
        """Say what became of them all, and return the exit code."""
        from jpmanage_tui.services.invoices.download_batch import DownloadState

        as_json = self._arguments.format in ("json", "jsonl")
        code = ExitCode.REFUSED
        if batch.list_error is not None:
            code = tell(failure_of(batch.list_error), as_json=as_json)
        elif errors := [job.error for job in batch.jobs if job.error is not None]:
            code = exit_code_of(errors[-1])
        elif batch.count(DownloadState.FAILED):
            code = ExitCode.INTERNAL  # the disk
        if batch.jobs:
            output.write_error(f"{batch.summary}, in {batch.folder}. {batch.ended}".rstrip())
        elif not self._missed and batch.list_error is None:
            output.write_error("There is no such invoice: nothing to download.")
        if lacks:
            output.write_error(f"jpmanage: not complete: {lacks}.")
        there = batch.count(DownloadState.SAVED) + batch.count(DownloadState.THERE)
        no_file = batch.count(DownloadState.NO_PDF) if self._arguments.invoices else 0
        if batch.complete and not lacks and not self._missed and not no_file:
            return ExitCode.OK
        return ExitCode.PARTIAL if there or (lacks and batch.complete) else code


async def _download(invocation: Invocation) -> int:
    return await _Downloading(invocation).run()


# -- pay -------------------------------------------------------------------------------------


async def _pay(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.api.invoices import InvoiceStatus
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.operations.run import PlannedItem, RunPlan
    from jpmanage_tui.rules.invoices import badge, can_pay, invoice_name
    from jpmanage_tui.services.bulk_plans import BulkPlan
    from jpmanage_tui.services.fields.invoices import status_word
    from jpmanage_tui.services.invoices.lookup import read_invoices
    from jpmanage_tui.services.invoices.payment import (
        ONLY_OPEN,
        no_card_sentence,
        payment_change,
        payment_sentences,
        primary_card,
    )

    del inputs
    word = arguments.invoice
    progress("Reading the invoices…")
    invoice = _meant(await read_invoices(session.client, [word], progress), word)
    change = payment_change(invoice)
    if invoice.status is InvoiceStatus.PAID:
        progress.clear()
        output.write_error(f"Invoice {invoice_name(invoice)} is paid already.")
        return Proposal(BulkPlan(RunPlan(change.summary(), ())))
    if not can_pay(invoice):
        state = badge(invoice, _now(session))
        status = status_word(invoice, state, state.value.lower())
        raise CommandError(f"Invoice {invoice_name(invoice)} is not open (its status: {status}). {ONLY_OPEN}")
    progress("Reading which card is charged…")
    card, has_cards = await primary_card(session.client)
    if card is None:
        raise CommandError(
            f"{no_card_sentence(invoice, has_cards)} `jpmanage payment-methods` says how to set one."
        )
    plan = BulkPlan(RunPlan(change.summary(), (PlannedItem(change),)))
    return Proposal(plan, tuple(payment_sentences(invoice, card, _now(session))))


COMMAND = CommandGroup(
    "invoices",
    (
        read_command(
            "list",
            "list invoices, newest first",
            _list,
            _fields,
            arguments=_filter_options,
            examples=(
                Example("jpmanage invoices list --status past-due", "What should have been paid by now."),
                Example("jpmanage invoices list --year 2025 --csv", "Those of a year, as CSV."),
            ),
        ),
        _show_command(),
        Command(
            "download",
            "save invoices as PDF files",
            _download,
            arguments=_download_options,
            examples=(
                Example("jpmanage invoices download NLD7A01-0025", "One invoice, by its number."),
                Example(
                    "jpmanage invoices download --year 2025 --dir invoices",
                    "Those of a year that are not in the folder yet.",
                ),
            ),
            fields=_download_fields,
            description="Save invoices as PDF files that are named after their dates and numbers. What is in the "
            "folder already is not fetched again; no file is ever overwritten.",
        ),
        change_command(
            "pay",
            "pay an open invoice with the primary card",
            _pay,
            arguments=_name,
            examples=(
                Example("jpmanage invoices pay NLD7A01-0025", "Names card and amount, and asks first."),
                Example(
                    "jpmanage invoices pay NLD7A01-0025 --dry-run", "What would be charged to which card."
                ),
            ),
            listed=LISTED,
            description="Pay an open invoice with the primary card, once: where no clear answer comes it is looked up "
            "whether it was paid, and never sent again.",
        ),
    ),
)
