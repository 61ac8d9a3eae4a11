"""`jpmanage operations`: runs and single changes of the journal."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jpmanage_tui.cli.change_command import amount, change_command, run_item_fields
from jpmanage_tui.cli.command import Command, CommandGroup, Example, Invocation
from jpmanage_tui.cli.formats import add_output_options
from jpmanage_tui.cli.inputs import Inputs
from jpmanage_tui.cli.operation_ids import change_id, operation_id, run_id
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.reading import Listing, read_command

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.services.fields.field import Fields
    from jpmanage_tui.services.fields.operations import ListedOperation

STATES = ("running", "paused", "unknown", "failed", "done", "canceled")
"""How operations can stand (`services.operations_list.Status`)."""
ITEM_STATES = ("waiting", "active", "done", "failed", "unknown", "skipped")
"""How the changes of a run can stand (`operations.run.ItemState`)."""


# -- what they take ----------------------------------------------------------------------------


def _takes_any(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", type=operation_id, help="a run (12) or a change (e34)")


def _takes_run(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", type=run_id, help="a run, by its number: 12")


def _takes_change(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", type=change_id, help="a change: e34")


def _list_arguments(parser: Parser) -> None:
    group = parser.add_argument_group("filters")
    parser.option(
        "--search", to=group, metavar="TEXT", help="what was asked for, product, site, code, request id"
    )
    parser.option(
        "--state",
        to=group,
        action="append",
        choices=STATES,
        metavar="STATE",
        help=f"{', '.join(STATES[:-1])} or {STATES[-1]}; may be repeated",
    )
    days = group.add_mutually_exclusive_group()
    parser.option(
        "--day",
        to=days,
        metavar="DAYS",
        help="UTC days: 2026-03-01, 2026-03-01..2026-03-31, or a number of days back",
    )
    parser.option("--since", to=days, metavar="DAY", help="that UTC day and later")
    parser.option(
        "--of-key",
        to=group,
        metavar="NAME",
        help="of one partner key only, as the field key names it; 'this key' is the one in use",
    )
    parser.option(
        "--all-keys",
        to=group,
        dest="every_key",
        action="store_true",
        help="of every partner key, as without it",
    )


def _show_arguments(parser: Parser) -> None:
    _takes_any(parser)
    parser.option(
        "--state",
        action="append",
        choices=ITEM_STATES,
        metavar="STATE",
        help=f"of a run only the changes that are {', '.join(ITEM_STATES[:-1])} or {ITEM_STATES[-1]}",
    )
    add_output_options(parser)


def _asking_options(parser: Parser, *, sends: bool) -> None:
    """Add the options of what asks first; `sends`: it goes on with a run."""
    group = parser.add_argument_group("changing")
    parser.option("--yes", to=group, action="store_true", help="do it without asking")
    if sends:
        parser.option(
            "--dry-run",
            to=group,
            action="store_true",
            help="print what would be sent and what it costs; send nothing",
        )
        parser.option(
            "--max-cost",
            to=group,
            type=amount,
            metavar="AMOUNT",
            help="send nothing if it would cost more than this per month",
        )
        parser.option(
            "--wait", to=group, action="store_true", help="if another jpmanage is working on it, wait"
        )
    add_output_options(parser)


def _going_on(parser: Parser) -> None:
    _takes_run(parser)
    _asking_options(parser, sends=True)


def _giving_up(parser: Parser) -> None:
    _takes_run(parser)
    _asking_options(parser, sends=False)


def _recheck_arguments(parser: Parser) -> None:
    _takes_any(parser)
    add_output_options(parser)


def _resolve_arguments(parser: Parser) -> None:
    _takes_change(parser)
    which = parser.add_mutually_exclusive_group(required=True)
    parser.option("--done", to=which, action="store_true", help="you have looked: it was done")
    parser.option(
        "--not-done",
        to=which,
        dest="done",
        action="store_false",
        default=argparse.SUPPRESS,
        help="you have looked: it was not done",
    )
    _asking_options(parser, sends=False)


def _export_arguments(parser: Parser) -> None:
    _takes_run(parser)
    group = parser.add_argument_group("the report")
    either = group.add_mutually_exclusive_group()
    parser.option(
        "--dir", to=either, type=Path, metavar="DIR", help="the folder (that of downloads), made if need be"
    )
    parser.option("--stdout", to=either, action="store_true", help="write it to standard output, and no file")
    parser.option(
        "--codes", to=group, action="store_true", help="license codes in full; else they are masked"
    )
    add_output_options(parser)


# -- what they do: in a module of its own, loaded when one is run -----------------------------------


def _listed_fields() -> Fields[ListedOperation]:
    from jpmanage_tui.services.fields.operations import LISTED_FIELDS

    return LISTED_FIELDS


async def _list(
    session: Session, arguments: argparse.Namespace, progress: Progress
) -> Listing[ListedOperation]:
    from jpmanage_tui.cli.operation_commands import list_operations

    return await list_operations(session, arguments, progress)


async def _undo(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.operation_commands import propose_undo

    return await propose_undo(session, arguments, inputs, progress)


def _command(
    name: str,
    help: str,
    arguments: Callable[[Parser], None],
    *examples: Example,
    description: str,
) -> Command:
    """Return a command that `cli.operation_commands` carries out."""

    async def run(invocation: Invocation) -> int:
        from jpmanage_tui.cli.operation_commands import ACTIONS

        return await ACTIONS[name](invocation)

    return Command(
        name,
        help,
        run,
        arguments=arguments,
        examples=examples,
        fields=run_item_fields,
        description=description,
    )


COMMAND = CommandGroup(
    "operations",
    (
        read_command(
            "list",
            "list runs and single changes, newest first",
            _list,
            _listed_fields,
            arguments=_list_arguments,
            all_keys=False,
            examples=(
                Example("jpmanage operations list", "All that the journal has, of every partner key."),
                Example(
                    "jpmanage operations list --state paused --state unknown", "What waits for your decision."
                ),
                Example("jpmanage operations list --since 2026-03-01 --search backup --json", "As JSON."),
            ),
            description="List the runs and single changes of the journal, those of the app too, newest first. "
            "It has all partner keys of the account; what was done longer than 400 days ago is forgotten.",
        ),
        _command(
            "show",
            "show a run with its changes, or a single change",
            _show_arguments,
            Example("jpmanage operations show 12", "Each change of run 12."),
            Example("jpmanage operations show 12 --state failed --state unknown --csv", "Its problems."),
            Example("jpmanage operations show e34 --json", "All that is known of change e34."),
            description="Print the changes of a run, or all that is known of a single change. How the run stands is said "
            "on the error output.",
        ),
        _command(
            "resume",
            "go on with a paused or interrupted run",
            _going_on,
            Example("jpmanage operations resume 12", "Compare the prices, ask, and go on."),
            Example("jpmanage operations resume 12 --yes --max-cost 50", "Without asking, up to 50 a month."),
            description="Go on with a paused or interrupted run: what is unknown of it is looked up first, prices are "
            "compared with those that were confirmed. A run that has ended is printed as it ended.",
        ),
        _command(
            "retry",
            "try again what failed of a run",
            _going_on,
            Example("jpmanage operations retry 12", "Ask, and try again what failed."),
            Example("jpmanage operations retry 12 --dry-run", "Only print what would be sent."),
            description="Try again what failed of a run, and begin what was not begun; never what is unknown.",
        ),
        _command(
            "cancel",
            "cancel what a run has not started",
            _giving_up,
            Example("jpmanage operations cancel 12", "Ask, and give up what is not begun."),
            Example("jpmanage operations cancel 12 --yes", "Without asking."),
            description="Cancel what a run has not started; what is done stays done. A run that another program works on "
            "is paused or canceled there. Canceling a canceled run succeeds.",
        ),
        _command(
            "discard",
            "give up a paused or interrupted run",
            _giving_up,
            Example("jpmanage operations discard 12", "Ask, and give up the rest of it."),
            Example("jpmanage operations discard 12 --yes", "Without asking."),
            description="Give up the rest of a run that is paused or interrupted, as cancel does; any other is refused.",
        ),
        change_command(
            "undo",
            "undo what a run or a change has assigned or unassigned",
            _undo,
            arguments=_takes_any,
            examples=(
                Example("jpmanage operations undo 12 --dry-run", "What can be undone, and what cannot."),
                Example("jpmanage operations undo e34 --yes --no-email", "A change; no e-mail is sent."),
            ),
            mails=True,
            description="Undo what a run, or a single change, has assigned or unassigned, license by license, as far as "
            "it is still as it was left. Issuing and revoking cannot be undone.",
        ),
        _command(
            "recheck",
            "look up again what is unknown",
            _recheck_arguments,
            Example("jpmanage operations recheck 12", "Every change of run 12 whose outcome is unknown."),
            Example("jpmanage operations recheck e34", "One change."),
            description="Look up again what became of a change of unknown outcome, or of all of a run. Nothing is sent; "
            "it ends with 7 where something is still unknown.",
        ),
        _command(
            "resolve",
            "settle a change of unknown outcome by hand",
            _resolve_arguments,
            Example("jpmanage operations resolve e34 --done", "You have looked: it was done."),
            Example("jpmanage operations resolve e34 --not-done --yes", "It was not; without asking."),
            description="Settle a change of unknown outcome by hand: look first, with recheck and on the vendor's "
            "page. After that, the same change can be sent again.",
        ),
        _command(
            "export",
            "write the report of a run to a file",
            _export_arguments,
            Example("jpmanage operations export 12 --dir reports", "CSV, license codes masked."),
            Example("jpmanage operations export 12 --json --codes --stdout", "To standard output."),
            description="Write the report of a run to a new file, CSV unless --json is given, and print its path.",
        ),
    ),
)
