"""Commands that read: they print what one account has, or several, as it comes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from jpmanage_tui.cli import output
from jpmanage_tui.cli.accounts import Account, account_fields, add_account_options, each_account, opened
from jpmanage_tui.cli.arguments import count
from jpmanage_tui.cli.command import Command, Example, Invocation
from jpmanage_tui.cli.errors import REPORTED, CommandError, Failure, failure_of, tell
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.formats import RowWriter, add_output_options, chosen_fields, row_writer
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.services.fields.field import AnyFields, Field, Fields, record_of

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session

Item = TypeVar("Item")


@dataclass(frozen=True)
class Listing(Generic[Item]):
    """What a command found: `items` come one by one, and raise ApiError.

    `lacks` says, once all came, what is not among them, in a few words; "" where nothing is missing. `missed` are
    sentences about what was asked for by name and is not there. `about` gives lines about what was printed, such as
    sums, for a reader of text: they go to standard error, behind the rows. `notes` are sentences without which the rows
    would be misunderstood: they go there before the rows, whatever the format.
    """

    items: AsyncIterator[Item]
    lacks: Callable[[], str] = str
    about: Callable[[], Sequence[str]] = tuple
    missed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Read = Callable[["Session", argparse.Namespace, Progress], Awaitable[Listing[Item]]]
"""Reads from an open account; the last argument takes how far it is. Raises CommandError or ApiError."""


async def each(items: Iterable[Item]) -> AsyncIterator[Item]:
    """Yield items that are all there."""
    for item in items:
        yield item


def read_command(
    name: str,
    help: str,
    read: Read[Item],
    fields: Callable[[], Fields[Item]],
    *,
    arguments: Callable[[Parser], None] | None = None,
    examples: tuple[Example, ...],
    description: str = "",
    single: bool = False,
    details: bool = False,
    all_keys: bool = True,
) -> Command:
    """Return a command that prints what `read` finds, by `fields`.

    `single`: one thing, not a list; `details`: a list, as text with all fields of each thing in the place of a table.
    Not `all_keys`: it reads those of every partner key anyway.
    """

    def add_arguments(parser: Parser) -> None:
        if arguments is not None:
            arguments(parser)
        add_output_options(parser)
        if not single and not details:
            parser.option("--limit", type=count, metavar="N", help="at most N rows")
        add_account_options(parser, all_keys=all_keys)

    async def run(invocation: Invocation) -> int:
        return await _Reading(invocation, read, fields(), single=single, details=details).run()

    return Command(
        name,
        help,
        run,
        arguments=add_arguments,
        examples=examples,
        fields=fields,
        description=description,
    )


class _Reading(Generic[Item]):
    """One run of a reading command."""

    def __init__(
        self,
        invocation: Invocation,
        read: Read[Item],
        fields: Fields[Item],
        *,
        single: bool,
        details: bool,
    ) -> None:
        self._invocation = invocation
        self._read = read
        arguments = self._arguments = invocation.arguments
        several = account_fields(arguments)
        chosen: AnyFields = chosen_fields(arguments, (*several, *fields), details=single or details)
        self._names = [field.name for field in chosen]
        self._fields: list[Field[Item]] = [field for field in chosen if field not in several]
        self._several = bool(several)
        self._writer: RowWriter = row_writer(
            arguments, chosen, single=single and not several, details=details
        )
        self._left: int | None = getattr(arguments, "limit", None)
        self._exit_code = ExitCode.OK
        self._failed: ExitCode | None = None
        """The exit code of the first account that could not be read."""
        self._read_any = False
        """Whether an account was read to its end; `_printed`: whether there was a row of any."""
        self._printed = False
        self._about: list[str] = []
        self._progress = Progress()

    async def run(self) -> int:
        """Print the rows of every account, and return the exit code."""
        try:
            await each_account(self._invocation, self._read_account)
        finally:
            self._progress.clear()
        if not self._several:
            self._end()
            return self._exit_code
        if self._read_any or self._printed:  # else there is nothing of any account
            self._end()
        code = self._exit_code if self._failed is None else self._failed
        others = self._printed or (self._read_any and self._failed is not None)
        return ExitCode.PARTIAL if others and code is not ExitCode.OK else code

    def _end(self) -> None:
        self._writer.end()
        if not self._printed and not self._about and self._arguments.format is None and sys.stdout.isatty():
            output.write_error("Nothing to list.")
        for line in self._about:
            output.write_error(line)

    async def _read_account(self, account: Account) -> None:
        if not self._several:
            async with opened(account) as session:
                await self._print(session, account)
            return
        if self._left == 0 and self._read_any:
            return  # no row of this account could be printed any more
        try:
            async with opened(account) as session:
                await self._print(session, account)
            self._read_any = True
        except REPORTED as error:
            failure = failure_of(error)
            first = not self._read_any and not self._printed and self._failed is None
            if first and isinstance(error, CommandError) and failure.exit_code is ExitCode.USAGE:
                raise  # what was asked for cannot be followed, whatever the account
            self._tell(failure._replace(message=f"{account.name}: {failure.message}"))
            if self._failed is None:
                self._failed = failure.exit_code

    async def _print(self, session: Session, account: Account) -> None:
        if self._left == 0:
            return
        listing = await self._read(session, self._arguments, self._progress)
        printed, of = False, f"{account.name}: " if self._several else ""
        for note in listing.notes:
            self._progress.clear()
            output.write_error(f"{of}{note}")
        async for item in listing.items:
            printed = self._printed = True
            record = {**account.labels, **record_of(self._fields, item)}
            self._progress.clear()
            self._writer.row({name: record[name] for name in self._names})
            if self._left is not None:
                self._left -= 1
                if self._left == 0:
                    self._keep_about(listing, account)
                    return
        for sentence in listing.missed:
            code = ExitCode.PARTIAL if printed else ExitCode.REFUSED
            self._exit_code = self._tell(Failure(f"{of}{sentence}", code, "not_found"))
        self._keep_about(listing, account)
        lacks = listing.lacks()
        if lacks:
            sentence = f"{of}not complete: {lacks}."
            self._exit_code = self._tell(Failure(sentence, ExitCode.PARTIAL, "not_complete"))

    def _keep_about(self, listing: Listing[Item], account: Account) -> None:
        """Keep what is said about the rows of an account, where they are printed as text."""
        if self._arguments.format is None:
            of = f"{account.name}: " if self._several else ""
            self._about += [f"{of}{line}" for line in listing.about() if line]

    def _tell(self, failure: Failure) -> ExitCode:
        self._progress.clear()
        return tell(failure, as_json=self._arguments.format in ("json", "jsonl"))
