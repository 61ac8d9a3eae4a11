"""`jpmanage company`: the company details that stand on invoices."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from jpmanage_tui.cli import output
from jpmanage_tui.cli.change_command import change_command
from jpmanage_tui.cli.command import CommandGroup, Example
from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.inputs import Inputs
from jpmanage_tui.cli.parser import Parser, near_match, nearest
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.reading import Listing, each, read_command

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.partner import PartnerDetails
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.services.fields.field import Fields

LISTED = ("state", "summary", "message")
"""The fields of a change that a table shows."""
OPTIONS = (
    ("name", "the company's name"),
    ("contact_person", "the contact's first and last name"),
    ("company_website", "the company's website"),
    ("line1", "the first line of the address"),
    ("line2", "the second line of the address"),
    ("city", "the city"),
    ("country", "the country, by its code or name"),
    ("state", "the state, by its code or name; '' where there is none"),
    ("postal_code", "the postal code"),
)
"""The fields of the app's form, in its order."""


def _fields() -> Fields[PartnerDetails]:
    from jpmanage_tui.services.fields.company import COMPANY_FIELDS

    return COMPANY_FIELDS


def _details(session: Session) -> PartnerDetails:
    """Return the company details as they are. Raises CommandError without the account's user token."""
    from jpmanage_tui.api.partner import PartnerDetails

    if session.partner is None:
        raise CommandError(
            "The company details belong to the account, and the API gives them only to the account's user token. "
            "`jpmanage login` signs in with WordPress.com and keeps it; JPMANAGE_USER_TOKEN or user_token_command in "
            "config.toml give it.",
            ExitCode.NOT_SIGNED_IN,
            "needs_user_token",
        )
    return PartnerDetails.of(session.partner)


async def _show(
    session: Session, arguments: argparse.Namespace, progress: Progress
) -> Listing[PartnerDetails]:
    del arguments, progress
    return Listing(each([_details(session)]))


# -- update ----------------------------------------------------------------------------------


def _update_options(parser: Parser) -> None:
    group = parser.add_argument_group("what is changed; the rest stays as it is")
    for name, words in OPTIONS:
        parser.option(f"--{name.replace('_', '-')}", to=group, dest=name, metavar="TEXT", help=words)
    parser.option(
        "--from",
        to=group,
        dest="source",
        metavar="FILE",
        help="a JSON object as `company show --json` prints it; - reads standard input; options go before it",
    )


def _given(arguments: argparse.Namespace, inputs: Inputs) -> dict[str, str]:
    """Return what is asked for by field. Raises CommandError."""
    given = _from_file(inputs.data) if inputs.data is not None else {}
    given |= {name: getattr(arguments, name) for name, _ in OPTIONS if getattr(arguments, name) is not None}
    if not given:
        raise CommandError("Say what to change, such as --city Hamburg, or give a file with --from.")
    return given


def _from_file(data: bytes) -> dict[str, str]:
    from jpmanage_tui.services.fields.field import names_of

    try:
        read = json.loads(data)
    except ValueError as error:
        raise CommandError(f"The file is not JSON: {error}.") from None
    if not isinstance(read, dict):
        raise CommandError("The file holds no JSON object, as `jpmanage company show --json` prints it.")
    names = names_of(_fields())
    given = {}
    for name, value in read.items():
        if name not in names:
            raise CommandError(f"There is no field {name!r}{nearest(name, names)}")
        if not isinstance(value, str | None):
            raise CommandError(f"{name} in the file is neither text nor null.")
        given[name] = value or ""
    return given


async def _update(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.operations.run import PlannedItem, RunPlan
    from jpmanage_tui.services.bulk_plans import BulkPlan
    from jpmanage_tui.services.company_details import (
        APPLIED,
        DetailsError,
        changed_details,
        details_changes,
        needs_countries,
        update_change,
    )

    given = _given(arguments, inputs)
    before = _details(session)
    progress("Reading the countries…")
    countries = await session.client.countries.list() if needs_countries(given, before) else ()
    try:
        after = changed_details(before, given, countries)
    except DetailsError as error:
        raise CommandError(f"{error}{near_match(error.word, error.known)}") from None
    changes = details_changes(before, after)
    change = update_change(before, after)
    if not changes:
        progress.clear()
        output.write_error("The company details are like that already.")
        return Proposal(BulkPlan(RunPlan(change.summary(), ())))
    sentences = (*(one.words for one in changes), APPLIED)
    return Proposal(BulkPlan(RunPlan(change.summary(), (PlannedItem(change),))), sentences)


COMMAND = CommandGroup(
    "company",
    (
        read_command(
            "show",
            "show the company details",
            _show,
            _fields,
            examples=(
                Example("jpmanage company show", "The details, a field a line."),
                Example(
                    "jpmanage company show --json > company.json", "As company update --from reads them."
                ),
            ),
            single=True,
            all_keys=False,
        ),
        change_command(
            "update",
            "change company details",
            _update,
            arguments=_update_options,
            examples=(
                Example(
                    "jpmanage company update --city Hamburg --postal-code 20095", "Two fields; asks first."
                ),
                Example("jpmanage company update --from company.json --dry-run", "What a file would change."),
            ),
            listed=LISTED,
            description="Change company details. Only the fields that are given change; they are applied to all "
            "future invoices. Needs the account's user token.",
        ),
    ),
)
