"""What the commands of `jpmanage operations` do, with the journal that the app has, too."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jpmanage_tui.cli import output
from jpmanage_tui.cli.change_command import run_item_fields, shown_fields
from jpmanage_tui.cli.changes import AT_ONCE, Changing, not_done_lines
from jpmanage_tui.cli.command import Invocation
from jpmanage_tui.cli.confirm import confirm
from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.formats import row_writer
from jpmanage_tui.cli.parser import nearest
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.proposal import Proposal
from jpmanage_tui.cli.reading import Listing, each
from jpmanage_tui.operations.entry import Entry
from jpmanage_tui.operations.run import ItemState, Run, RunItem, RunState
from jpmanage_tui.operations.scopes import Kinship
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.bulk_plans import BulkPlan, LeftOut
from jpmanage_tui.services.downloads import disk_words
from jpmanage_tui.services.exports import write_export
from jpmanage_tui.services.fields.field import AnyFields, names_of, record_of
from jpmanage_tui.services.fields.operations import ListedOperation
from jpmanage_tui.services.license_change_text import UNCHANGED, billing_continues, email_remark
from jpmanage_tui.services.operation_text import (
    can_be_settled,
    counts_text,
    end_words,
    never_begun,
    run_lines,
    settled_by_word,
)
from jpmanage_tui.services.operations_list import (
    OWN_KEY,
    Days,
    Filters,
    KeyNames,
    Operation,
    Status,
    matches,
    read_days,
    read_whole_history,
)
from jpmanage_tui.services.price_list import price_list
from jpmanage_tui.services.run_report import run_report
from jpmanage_tui.services.undo import (
    NOTHING,
    Reversal,
    freed_licenses,
    mail_stays,
    review,
    undo_effect,
    undo_history,
    undo_plan,
    why_not_undone,
)
from jpmanage_tui.services.unknown_outcomes import look_up, looked_up_text

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.cli.inputs import Inputs
    from jpmanage_tui.cli.operation_ids import OperationId

LISTED = ("position", "state", "action", "code", "site", "product", "message")
"""The fields of a run's changes that a table shows; what has no room goes from behind."""
NAMED = 12
"""So many licenses are named in the question before they are undone."""
UNDER_WAY = "is under way in another program"


# -- the list ----------------------------------------------------------------------------------


async def list_operations(
    session: Session, arguments: argparse.Namespace, progress: Progress
) -> Listing[ListedOperation]:
    """Return the rows of Operations, in the app's order, that the filters leave.

    Raises CommandError where a filter cannot be followed, JournalUnavailable where the journal cannot be read.
    """
    days = _days(arguments)
    progress("Reading the journal…")
    history = await read_whole_history(session)
    names = KeyNames.of(session)
    rows = [
        ListedOperation(one, names.whose(one.account, history.kinship(one.account)))
        for one in history.operations
    ]
    key = None if arguments.of_key is None else _key_words(arguments.of_key, rows, session.key_name)
    text = arguments.search or ""
    found_runs = await session.runner.runs_with(text) if text else frozenset()
    wanted = {Status(state) for state in arguments.state or ()}
    filters = Filters(text, days, key)
    return Listing(
        each(
            row
            for row in rows
            if matches(row.operation, filters, row.whose, found_runs)
            and (not wanted or row.operation.statuses & wanted)
        )
    )


def _days(arguments: argparse.Namespace) -> Days | None:
    today = datetime.now(UTC).date()  # as the journal, by this machine's clock
    if arguments.since is not None:
        try:
            return Days(date.fromisoformat(arguments.since), date.max)
        except ValueError:
            raise CommandError(
                f"--since cannot be {arguments.since!r}: it takes a day, such as {today}."
            ) from None
    if arguments.day is None:
        return None
    days = read_days(arguments.day, today)
    if days is None:
        raise CommandError(
            f"--day cannot be {arguments.day!r}: it takes a UTC day such as {today}, two of them with .. between, or a "
            "number of days back."
        )
    return days


def _key_words(name: str, rows: Sequence[ListedOperation], own_name: str | None) -> str:
    """Return the words by which the operations of a partner key are found, "" for the one in use."""
    others = {row.whose for row in rows if row.whose}
    if name in others:
        return name
    own = {OWN_KEY, own_name or OWN_KEY}
    if name in own:
        return ""
    raise CommandError(f"No operation is of a partner key {name!r}{nearest(name, sorted(others | own))}")


# -- one operation -------------------------------------------------------------------------------


@asynccontextmanager
async def _looking(invocation: Invocation) -> AsyncIterator[Session]:
    """Give the open account, to look at what the journal has."""
    session = await invocation.account_service.open()
    try:
        await session.prepare_queue()
        yield session
    finally:
        await session.close()


@asynccontextmanager
async def _changing(invocation: Invocation) -> AsyncIterator[tuple[Changing, Session]]:
    """Give the open account, to change something. Raises CommandError where nothing may be changed."""
    changing = Changing(invocation, _fields(invocation.arguments))
    session = await changing.open()
    try:
        yield changing, session
    finally:
        await session.close()


def _fields(arguments: argparse.Namespace) -> AnyFields:
    return shown_fields(arguments, LISTED)


def _unknown_id(wanted: OperationId) -> CommandError:
    what = "change" if wanted.is_change else "run"
    return CommandError(f"The journal has no {what} {wanted}. `jpmanage operations list` shows what it has.")


async def _find(session: Session, wanted: OperationId) -> tuple[Operation, Kinship, str]:
    """Return an operation, how its partner key stands to the one in use, and the words for that key.

    Raises CommandError where there is none that the account can see.
    """
    journal = session.queue.journal
    try:
        if wanted.is_change:
            operation = Operation(entry=await journal.entry(wanted.number))
        else:
            operation = Operation(run=await session.runner.run(wanted.number))
    except KeyError:
        raise _unknown_id(wanted) from None
    kinship = (await session.queue.scope()).kinship(operation.account)
    seen = kinship in (Kinship.SAME, Kinship.SIBLING)
    unclear = kinship is Kinship.UNCLEAR and operation.entry is not None and not operation.entry.state.settled
    if not seen and not unclear:
        raise _unknown_id(wanted)
    return operation, kinship, KeyNames.of(session).whose(operation.account, kinship)


async def _find_own(session: Session, wanted: OperationId, *, unclear: bool = False) -> Operation:
    """Return an operation of the partner key in use; where `unclear`, also one of which nobody knows whether it is.

    Raises CommandError where there is none, or it is another key's.
    """
    operation, kinship, whose = await _find(session, wanted)
    if kinship is Kinship.SAME or (unclear and kinship is Kinship.UNCLEAR):
        return operation
    raise CommandError(f"“{operation.title}” is of another partner key ({whose}): choose it with --key ID.")


async def _find_run(session: Session, wanted: OperationId) -> Run:
    run = (await _find_own(session, wanted)).run
    assert run is not None  # the command line takes no other
    return run


async def _items(session: Session, run: Run) -> AsyncIterator[RunItem]:
    start = 0
    while items := await session.runner.items(run.id, start, AT_ONCE):
        for item in items:
            yield item
        start += AT_ONCE


async def _item_of(session: Session, entry: Entry) -> RunItem:
    """Return a change as an item: that of its run, as far as it is part of one."""
    if entry.run_id is not None:
        run = await session.runner.run(entry.run_id)
        async for item in _items(session, run):
            if item.entry is not None and item.entry.id == entry.id:
                return item
    return RunItem(0, 0, entry.change, None, None, None, "", False, entry)


async def show(invocation: Invocation) -> int:
    """Print a run's changes, or all that is known of one change.

    Raises CommandError where there is no such run or change.
    """
    arguments = invocation.arguments
    fields = _fields(arguments)
    async with _looking(invocation) as session:
        operation, _, whose = await _find(session, arguments.id)
        if operation.entry is not None:
            if arguments.state:
                raise CommandError(f"--state is for a run: {arguments.id} is a single change.")
            chosen = arguments.fields or arguments.format
            await _print_change(session, arguments, fields if chosen else run_item_fields(), operation.entry)
            return ExitCode.OK
        run = operation.run
        assert run is not None  # one of the two
        wanted = {ItemState(state) for state in arguments.state or ()}
        writer, wrong = row_writer(arguments, fields), []
        async for item in _items(session, run):
            if not wanted or item.state in wanted:
                writer.row(record_of(fields, item))
                if item.state in (ItemState.FAILED, ItemState.UNKNOWN):
                    wrong.append(item)
        writer.end()
        for line in (*not_done_lines(wrong), *run_lines(run, whose)):
            output.write_error(line)
    return ExitCode.OK


async def _print_change(
    session: Session, arguments: argparse.Namespace, fields: AnyFields, entry: Entry
) -> None:
    writer = row_writer(arguments, fields, single=True)
    writer.row(record_of(fields, await _item_of(session, entry)))
    writer.end()
    output.write_error(_entry_text(entry))


def _entry_text(entry: Entry) -> str:
    return f"{entry.change.summary()}. {end_words(entry)}. {entry.message}".strip()


# -- runs ------------------------------------------------------------------------------------------


async def resume(invocation: Invocation) -> int:
    """Go on with a run, and print what became of each change."""
    async with _changing(invocation) as (changing, session):
        run = await _find_run(session, invocation.arguments.id)
        return await changing.continue_run(session, run)


async def retry(invocation: Invocation) -> int:
    """Try again what failed of a run, and print what became of each change.

    Raises CommandError where there is no such run, or nothing of it failed.
    """
    async with _changing(invocation) as (changing, session):
        run = await _find_run(session, invocation.arguments.id)
        if not run.counts.failed and (run.state.settled or run.resumable):
            raise CommandError(f"Nothing of “{run.title}” failed: there is nothing to try again.")
        return await changing.continue_run(session, run, retry=True)


async def cancel(invocation: Invocation) -> int:
    """Ask, and never begin the rest of a run."""
    return await _give_up(invocation, "Cancel the rest of")


async def discard(invocation: Invocation) -> int:
    """Ask, and give up the rest of a run that stands still."""
    return await _give_up(invocation, "Discard the rest of")


async def _give_up(invocation: Invocation, doing: str) -> int:
    arguments = invocation.arguments
    async with _changing(invocation) as (_, session):
        run = await _find_run(session, arguments.id)
        if run.state is RunState.CANCELED:
            output.write_error(f"“{run.title}” is canceled already: {counts_text(run.counts)}.")
        elif run.state.settled:
            raise CommandError(f"“{run.title}” has ended: nothing of it is left to give up.")
        elif not run.resumable:
            raise CommandError(
                f"“{run.title}” {UNDER_WAY}: nothing was changed. Pause or cancel it there.",
                ExitCode.OUTCOME_UNKNOWN,
            )
        else:
            question = [f"{doing} “{run.title}”? {counts_text(run.counts)}.", never_begun(run)]
            if not arguments.yes and not await confirm(question):
                return _nothing_changed()
            await session.runner.cancel(run.id)
            run = await session.runner.run(run.id)
            output.write_error(f"“{run.title}” is canceled: {counts_text(run.counts)}.")
        fields = _fields(arguments)
        writer = row_writer(arguments, fields)
        async for item in _items(session, run):
            writer.row(record_of(fields, item))
        writer.end()
    return ExitCode.OK


def _nothing_changed() -> ExitCode:
    output.write_error("Nothing was changed.")
    return ExitCode.USAGE


# -- undoing ---------------------------------------------------------------------------------------


async def propose_undo(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    """Return the run that undoes a run or a change, as far as that can be; what cannot be is left out, with the reason.

    Raises CommandError where nothing of it can be undone, by what the journal says.
    """
    del inputs
    operation = await _find_own(session, arguments.id)
    why = why_not_undone(operation.run, operation.entry)
    if why is not None:
        raise CommandError(f"“{operation.title}” cannot be undone: {why[:1].lower()}{why[1:]}")
    progress("Checking what can be undone…")
    history, number = undo_history(session), arguments.id.number
    reversals = await (
        history.find_in(entry_id=number) if arguments.id.is_change else history.find_in(run_id=number)
    )
    if not reversals:
        raise CommandError(f"“{operation.title}”: {NOTHING[:1].lower()}{NOTHING[1:]}")
    found = await review(session.client, reversals)
    prices = await price_list(session).read()
    plan = undo_plan(found.ready, prices.catalog, send_email=arguments.email)
    left_out = tuple(
        LeftOut(one.reversal.license_key, f"{one.why}.", one.reversal.product) for one in found.changed
    )
    mailed = sum(one.off is not None for one in found.ready)
    loose = freed_licenses(found.ready)
    sentences = [
        *_named(found.ready),
        *undo_effect(found.ready),
        billing_continues(loose, prices) if loose else UNCHANGED,
        email_remark(mailed) if mailed and arguments.email else "",
        mail_stays(found.ready),
    ]
    sentences = [sentence for sentence in sentences if sentence]
    return Proposal(BulkPlan(plan, left_out), tuple(sentences))


def _named(ready: Sequence[Reversal]) -> list[str]:
    lines = []
    for one in ready[:NAMED]:
        ways = [
            f"{preposition} {site_name(place.site_url) if place.site_url else f'site {place.blog_id}'}"
            for preposition, place in (("from", one.off), ("to", one.back))
            if place is not None
        ]
        lines.append(f"  {one.product} {one.license_key} {' '.join(ways)}")
    more = len(ready) - len(lines)
    return [*lines, f"  and {pluralize(more, 'more license')}"] if more else lines


# -- changes of unknown outcome ------------------------------------------------------------------------


async def recheck(invocation: Invocation) -> int:
    """Look up what is unknown of a run, or one change, and print what is known of each then.

    Raises CommandError where there is no such run or change, or it was made with another token.
    """
    arguments, progress = invocation.arguments, Progress()
    fields = _fields(arguments)
    async with _looking(invocation) as session:
        operation = await _find_own(session, arguments.id, unclear=True)
        if (await session.queue.scope()).kinship(operation.account) is not Kinship.SAME:
            raise CommandError(
                f"“{operation.title}” was made with another token: it can only be settled by hand "
                f"(`jpmanage operations resolve {arguments.id}`)."
            )
        progress("Looking up…")
        try:
            return await _recheck(session, arguments, fields, operation)
        finally:
            progress.clear()


async def _recheck(
    session: Session, arguments: argparse.Namespace, fields: AnyFields, operation: Operation
) -> ExitCode:
    queue, run, entry = session.queue, operation.run, operation.entry
    positions: list[int] = []
    if run is not None:
        states = await session.runner.item_states(run.id)
        positions = [at for at, state in enumerate(states) if state in (ItemState.UNKNOWN, ItemState.ACTIVE)]
        items = await session.runner.items_at(run.id, positions)
        open_ones = [item.entry.id for item in items if item.entry is not None]
    else:
        assert entry is not None  # one of the two
        open_ones = [] if entry.state.settled else [entry.id]
    # what a program that has ended left open is looked up by this already
    known = {outcome.entry_id: outcome for outcome in await queue.recover()}
    rest = [number for number in open_ones if number not in known]
    known |= dict(zip(rest, await look_up(queue, rest), strict=True))
    found = [known[number] for number in open_ones]
    if entry is not None:
        entry = await queue.journal.entry(entry.id)
        await _print_change(session, arguments, fields, entry)
        return ExitCode.OUTCOME_UNKNOWN if not entry.state.settled else ExitCode.OK
    assert run is not None
    writer = row_writer(arguments, fields)
    for item in await session.runner.items_at(run.id, positions):
        writer.row(record_of(fields, item))
    writer.end()
    output.write_error(looked_up_text(found) if found else f"Nothing of “{run.title}” is unknown.")
    return ExitCode.OUTCOME_UNKNOWN if any(one.unknown for one in found) else ExitCode.OK


async def resolve(invocation: Invocation) -> int:
    """Ask, and settle a change of unknown outcome by the user's word.

    Raises CommandError where there is no such change, its outcome is known, or it is under way.
    """
    arguments = invocation.arguments
    async with _changing(invocation) as (_, session):
        operation = await _find_own(session, arguments.id, unclear=True)
        entry = operation.entry
        assert entry is not None  # the command line takes no other
        if not can_be_settled(entry):
            if entry.state.settled:
                raise CommandError(f"It is known what became of it: {_entry_text(entry)}")
            raise CommandError(
                f"It cannot be settled by hand while it is under way: {_entry_text(entry)}",
                ExitCode.OUTCOME_UNKNOWN,
            )
        question = [*settled_by_word(entry, done=arguments.done), _word(arguments.done)]
        if not arguments.yes and not await confirm(question):
            return _nothing_changed()
        await session.queue.resolve_manually(entry.id, done=arguments.done)
        entry = await session.queue.journal.entry(entry.id)
        await _print_change(session, arguments, _fields(arguments), entry)
    return ExitCode.OK


def _word(done: bool) -> str:
    return "You say: it was done." if done else "You say: it was not done."


# -- the report ----------------------------------------------------------------------------------------


async def export(invocation: Invocation) -> int:
    """Write the report of a run to a file and print its path, or to standard output.

    Raises CommandError where there is no such run, or the file cannot be written.
    """
    arguments = invocation.arguments
    report_fields = run_item_fields()
    to_file = not arguments.stdout
    if to_file and arguments.format == "jsonl":
        raise CommandError("A file is CSV or JSON: --jsonl goes with --stdout.")
    if to_file and arguments.format is None:
        arguments.format = "csv"
    fields = _fields(arguments) if arguments.fields is not None else report_fields
    if arguments.excel and arguments.format != "csv":
        raise CommandError("--excel is for CSV: add --csv.")
    names = names_of(fields)
    async with _looking(invocation) as session:
        operation, _, _ = await _find(session, arguments.id)
        run = operation.run
        assert run is not None  # the command line takes no other
        report = replace(run_report(session.runner, run), columns=names)
        records = ({name: row[name] for name in names} async for row in report.rows(arguments.codes))
        if arguments.stdout:
            writer = row_writer(arguments, fields)
            async for record in records:
                writer.row(record)
            writer.end()
            return ExitCode.OK
        folder: Path = arguments.dir if arguments.dir is not None else session.download_folder
        form = "excel" if arguments.excel else arguments.format
        rows = [record async for record in records]
        try:
            path = await write_export(report, rows, form, folder)
        except OSError as error:
            raise CommandError(
                f"No file was written: {disk_words(error, folder)}", ExitCode.INTERNAL
            ) from None
    output.write(f"{path}\n")
    output.write_error(f"{pluralize(len(rows), report.noun)} written.")
    return ExitCode.OK


ACTIONS: Mapping[str, Callable[[Invocation], Awaitable[int]]] = {
    "show": show,
    "resume": resume,
    "retry": retry,
    "cancel": cancel,
    "discard": discard,
    "recheck": recheck,
    "resolve": resolve,
    "export": export,
}
"""The commands by name, beside list and undo."""
