"""`jpmanage whoami`: which account, which keys, and where each token came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.cli.command import Command, Example, Invocation
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.formats import add_output_options, chosen_fields
from jpmanage_tui.cli.printing import print_rows

if TYPE_CHECKING:
    from jpmanage_tui.cli.identity import Identity
    from jpmanage_tui.services.fields.field import Fields


def _fields() -> Fields[Identity]:
    from jpmanage_tui.cli.identity import IDENTITY_FIELDS

    return IDENTITY_FIELDS


async def _run(invocation: Invocation) -> int:
    from jpmanage_tui.cli.identity import identities, whoami
    from jpmanage_tui.cli.terminal import Terminal

    arguments = invocation.arguments
    if arguments.format is None and arguments.fields is None:
        return await whoami(invocation.account_service, Terminal())
    chosen_fields(arguments, _fields())  # a name that is wrong is told before anything is asked
    found = await identities(invocation.account_service)
    print_rows(arguments, _fields(), found)
    registered = found[0].account is not None or found[0].user_token_from is None
    return ExitCode.OK if registered else ExitCode.NOT_SIGNED_IN


COMMAND = Command(
    "whoami",
    "which account, which keys, and where each token came from",
    _run,
    arguments=add_output_options,
    examples=(
        Example(
            "jpmanage whoami", "The account of the default profile, with its partner keys and their ids."
        ),
        Example("jpmanage whoami --json", "A JSON object for each partner key."),
    ),
    fields=_fields,
)
