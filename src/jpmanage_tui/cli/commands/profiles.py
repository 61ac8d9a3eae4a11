"""`jpmanage profiles`: the stored sign-ins."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jpmanage_tui.cli import output
from jpmanage_tui.cli.command import LOCAL_ONLY, Command, CommandGroup, Example, Invocation
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.formats import add_output_options
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.printing import print_rows

if TYPE_CHECKING:
    from jpmanage_tui.services.fields.field import Fields
    from jpmanage_tui.services.fields.profiles import ListedProfile

_REFUSED = {**LOCAL_ONLY, "--profile": "it is about all profiles"}
_READS = {name: reason for name, reason in _REFUSED.items() if name != "--read-only"}


def _fields() -> Fields[ListedProfile]:
    from jpmanage_tui.services.fields.profiles import PROFILE_FIELDS

    return PROFILE_FIELDS


async def _list(invocation: Invocation) -> int:
    from jpmanage_tui.services.fields.profiles import ListedProfile

    store = invocation.account_service.profiles.store
    default = store.default()
    listed = (ListedProfile(store.load(name), name == default) for name in store.list())
    print_rows(invocation.arguments, _fields(), listed)
    return ExitCode.OK


def _name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="the profile")


async def _use(invocation: Invocation) -> int:
    from jpmanage_tui.config.sources import KEY_VARIABLE, PROFILE_VARIABLE, USER_VARIABLE

    name: str = invocation.arguments.name
    invocation.account_service.profiles.use(name)
    output.write_error(f"{name} is the default profile now.")
    configured = invocation.account_service.settings.profile
    if configured not in (None, name):
        output.write_error(f"Note: config.toml says profile = {configured}, which wins over the default one.")
    for variable in (PROFILE_VARIABLE, KEY_VARIABLE, USER_VARIABLE):
        if os.environ.get(variable):
            output.write_error(f"Note: {variable} is set, which wins over the default profile.")
    return ExitCode.OK


COMMAND = CommandGroup(
    "profiles",
    (
        Command(
            "list",
            "list the profiles; no token is shown",
            _list,
            arguments=add_output_options,
            examples=(
                Example("jpmanage profiles list", "The profiles, and which is the default one."),
                Example("jpmanage profiles list --fields name", "Their names, a line each."),
            ),
            fields=_fields,
            refused=_READS,
        ),
        Command(
            "use",
            "make a profile the default one",
            _use,
            arguments=_name,
            examples=(
                Example("jpmanage profiles use acme", "Commands without --profile use acme from now on."),
                Example("JPMANAGE_PROFILE=acme jpmanage", "Use it once."),
            ),
            refused=_REFUSED,
        ),
    ),
)
