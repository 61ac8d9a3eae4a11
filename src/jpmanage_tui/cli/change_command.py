"""What commands that change something take; what they do is in `cli.changes`, which is loaded when one is run."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from jpmanage_tui.cli.command import Command, Example, Invocation
from jpmanage_tui.cli.formats import add_output_options, chosen_fields
from jpmanage_tui.cli.inputs import read_inputs
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.proposal import Propose

if TYPE_CHECKING:
    from jpmanage_tui.operations.run import RunItem
    from jpmanage_tui.services.fields.field import AnyFields, Fields


def run_item_fields() -> Fields[RunItem]:
    """Return the fields that a changing command prints of each change."""
    from jpmanage_tui.services.fields.run_items import RUN_ITEM_FIELDS

    return RUN_ITEM_FIELDS


LISTED = ("state", "action", "code", "site", "product")
"""The fields of a change that a table shows, in this order; what has no room goes from behind."""


def shown_fields(arguments: argparse.Namespace, listed: Sequence[str] = LISTED) -> AnyFields:
    """Return the fields of each change that are printed: `listed` are those of a table.

    Raises UnknownField for a name that is none of them.
    """
    fields = chosen_fields(arguments, run_item_fields())
    if arguments.fields is not None or arguments.format is not None:
        return fields
    by_name = {field.name: field for field in run_item_fields()}
    return [by_name[name] for name in listed]


def amount(text: str) -> Decimal:
    """Return an amount of money that is not negative. Raises ArgumentTypeError for anything else."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount, such as 120 or 49.90") from None
    if not value.is_finite() or value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount, such as 120 or 49.90")
    return value


def run_name(text: str) -> str:
    """Return a name for a run: one that a script left empty would let every call begin a run of its own.

    Raises ArgumentTypeError where it is empty or has control characters.
    """
    if not text.strip() or not text.isprintable():
        raise argparse.ArgumentTypeError(
            f"{text!r} is no name: it has a letter at least, and no control characters"
        )
    return text


def add_change_options(parser: Parser, *, costs: bool, mails: bool, lists: bool) -> None:
    """Add the options of a change that may cost something, of which customers are told, or that takes lists."""
    group = parser.add_argument_group("changing")
    parser.option("--yes", to=group, action="store_true", help="do it without asking")
    parser.option(
        "--dry-run",
        to=group,
        action="store_true",
        help="print what would be sent and what it costs; send nothing",
    )
    if costs:
        parser.option(
            "--max-cost",
            to=group,
            type=amount,
            metavar="AMOUNT",
            help="send nothing if it would cost more than this per month",
        )
    if mails:
        parser.option(
            "--no-email",
            to=group,
            dest="email",
            action="store_false",
            help="do not tell the customers by e-mail",
        )
    if lists:
        parser.option(
            "--from",
            to=group,
            dest="source",
            metavar="FILE",
            help="a list, one a line; - reads standard input",
        )
    parser.option(
        "--run-name",
        to=group,
        type=run_name,
        metavar="NAME",
        help="name the run; the same name continues it and never starts it twice",
    )
    parser.option(
        "--wait", to=group, action="store_true", help="if another jpmanage is doing the same, wait for it"
    )


def change_command(
    name: str,
    help: str,
    propose: Propose,
    *,
    arguments: Callable[[Parser], None] | None = None,
    words: str | None = None,
    examples: tuple[Example, ...],
    description: str = "",
    costs: bool = False,
    mails: bool = False,
    lists: bool = False,
    listed: tuple[str, ...] = (),
) -> Command:
    """Return a command that carries out what `propose` plans; `words` is the name of the words that it takes, if any.

    `listed` are the fields that a table shows, where they are others than those of a change of licenses.
    """

    def add_arguments(parser: Parser) -> None:
        if arguments is not None:
            arguments(parser)
        add_change_options(parser, costs=costs, mails=mails, lists=lists)
        add_output_options(parser)

    async def run(invocation: Invocation) -> int:
        from jpmanage_tui.cli.changes import Changing

        fields = shown_fields(invocation.arguments, listed or LISTED)
        inputs = await read_inputs(invocation.arguments, words=words)
        changing = Changing(invocation, fields)
        return await changing.propose_and_run(propose, inputs)

    return Command(
        name,
        help,
        run,
        arguments=add_arguments,
        examples=examples,
        fields=run_item_fields,
        description=description,
    )
