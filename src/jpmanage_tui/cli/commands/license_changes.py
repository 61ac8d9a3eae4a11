"""The commands of `jpmanage licenses` that change something."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from jpmanage_tui.cli.change_command import change_command
from jpmanage_tui.cli.command import Example
from jpmanage_tui.cli.inputs import Inputs
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.progress import Progress

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.cli.proposal import Proposal


def _licenses(parser: Parser) -> None:
    parser.words("licenses", metavar="LICENSE", help="a license code; - reads them from standard input")


async def _unassign(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.operations.mutations.licenses import UnassignLicense
    from jpmanage_tui.operations.run import PlannedItem, RunPlan
    from jpmanage_tui.rules.text import pluralize
    from jpmanage_tui.services.bulk_plans import BulkPlan

    wanted = {*inputs.words, *(inputs.data or b"").decode().split()}
    items = []
    async for license in session.client.licenses.list_all():
        progress("Reading licenses…")
        if license.license_key in wanted:
            items.append(
                PlannedItem(
                    UnassignLicense(
                        license.license_key, arguments.email, license.product, license.siteurl or ""
                    )
                )
            )
    return Proposal(BulkPlan(RunPlan(f"Unassign {pluralize(len(items), 'license')}", tuple(items))))


CHANGES = (
    change_command(
        "unassign",
        "take licenses from their sites",
        _unassign,
        arguments=_licenses,
        words="licenses",
        examples=(
            Example("jpmanage licenses unassign CODE", "Take a license from its site."),
            Example("jpmanage licenses unassign - --yes < codes.txt", "Those of a list, without asking."),
        ),
        mails=True,
        lists=True,
    ),
)
