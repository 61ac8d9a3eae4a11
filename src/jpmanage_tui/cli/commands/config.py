"""`jpmanage config`: the settings file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.cli import output
from jpmanage_tui.cli.arguments import DEMO_OPTIONS
from jpmanage_tui.cli.command import Command, CommandGroup, Example, Invocation
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.formats import add_output_options
from jpmanage_tui.cli.printing import print_rows

if TYPE_CHECKING:
    from pathlib import Path

    from jpmanage_tui.services.fields.config import Setting
    from jpmanage_tui.services.fields.field import Fields

_REFUSED = dict.fromkeys((*DEMO_OPTIONS, "--profile", "--key"), "the settings are of no account")


def _fields() -> Fields[Setting]:
    from jpmanage_tui.services.fields.config import SETTING_FIELDS

    return SETTING_FIELDS


async def _path(invocation: Invocation) -> int:
    from jpmanage_tui.config.paths import settings_file

    del invocation
    output.write(f"{settings_file()}\n")
    return ExitCode.OK


async def _show(invocation: Invocation) -> int:
    import os

    from jpmanage_tui.services.fields.config import settings_in_force

    print_rows(invocation.arguments, _fields(), settings_in_force(os.environ))
    return ExitCode.OK


async def _validate(invocation: Invocation) -> int:
    import os

    from jpmanage_tui.config.keymap import check_keys
    from jpmanage_tui.config.load_settings import load_settings
    from jpmanage_tui.config.paths import settings_file

    path = settings_file()
    settings = load_settings(os.environ)
    check_keys(settings.keys)
    _validate_themes(path)
    if not path.exists():
        output.write_error(
            f"There is no {path}: every setting is as without it. `jpmanage config init` writes one."
        )
        return ExitCode.OK
    output.write_error(f"{path} can be used.")
    names = invocation.account_service.profiles.store.list() if settings.profile is not None else ()
    if settings.profile is not None and settings.profile not in names:
        output.write_error(f"Note: no profile {settings.profile!r} is stored on this machine yet.")
    return ExitCode.OK


def _validate_themes(path: Path) -> None:
    """Say which themes of the user's can be used. Raises ConfigError at the first that cannot."""
    from jpmanage_tui.config.theme_files import load_theme_file, theme_file_names
    from jpmanage_tui.config.theme_names import themes_dir

    folder = themes_dir(path.parent)
    names = theme_file_names(folder)
    for name in names:
        load_theme_file(folder, name)
    if names:
        output.write_error(f"The themes of {folder} can be used: {', '.join(names)}.")


async def _schema(invocation: Invocation) -> int:
    import json

    from jpmanage_tui.config.settings_file import settings_schema

    del invocation
    output.write(json.dumps(settings_schema(), indent=2) + "\n")
    return ExitCode.OK


async def _init(invocation: Invocation) -> int:
    from jpmanage_tui.config.paths import settings_file
    from jpmanage_tui.config.settings_template import write_template

    del invocation
    path = settings_file()
    write_template(path)
    output.write(f"{path}\n")
    return ExitCode.OK


COMMAND = CommandGroup(
    "config",
    (
        Command(
            "path",
            "print where the settings file is",
            _path,
            examples=(
                Example("jpmanage config path", "The file, whether it is there or not."),
                Example('"$EDITOR" "$(jpmanage config path)"', "Edit it."),
            ),
            refused=_REFUSED,
        ),
        Command(
            "show",
            "show every setting, and where it comes from; secrets are masked",
            _show,
            arguments=add_output_options,
            examples=(
                Example("jpmanage config show", "The settings in force."),
                Example("jpmanage config show --json", "The same, typed."),
            ),
            fields=_fields,
            refused=_REFUSED,
        ),
        Command(
            "validate",
            "check the settings file, and the themes beside it",
            _validate,
            examples=(
                Example("jpmanage config validate", "Say what is wrong, and end with 2."),
                Example("JPMANAGE_CONFIG_DIR=/etc/jpmanage jpmanage config validate", "Check another one."),
            ),
            refused=_REFUSED,
        ),
        Command(
            "schema",
            "print a JSON schema of the settings file",
            _schema,
            examples=(
                Example(
                    "jpmanage config schema > config.schema.json",
                    "For an editor that checks TOML by a schema.",
                ),
                Example("jpmanage config schema | jq '.properties | keys'", "The names of all settings."),
            ),
            refused=_REFUSED,
        ),
        Command(
            "init",
            "write a settings file with every setting in a comment; one that is there stays",
            _init,
            examples=(
                Example("jpmanage config init", "Write it, and print where it is."),
                Example("JPMANAGE_CONFIG_DIR=./test jpmanage config init", "Write it elsewhere."),
            ),
            refused={**_REFUSED, "--read-only": "it writes a file"},
        ),
    ),
)
