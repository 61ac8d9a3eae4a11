"""Footer, help, palette, key map and README come from the one list of commands."""

import re
from pathlib import Path

import pytest

from jpmanage_tui.config.keymap import Keymap, KeymapError, key_label
from jpmanage_tui.ui.app import JpmanageApp
from jpmanage_tui.ui.common.app_commands import EVERYWHERE
from jpmanage_tui.ui.common.commands import ActiveCommands, Command, CommandSet
from jpmanage_tui.ui.dialogs.help import help_lines
from jpmanage_tui.ui.sections.registry import ALL_SECTIONS, all_command_sets
from jpmanage_tui.ui.widgets.list_commands import MOVING
from jpmanage_tui.ui.widgets.sidebar import SIDEBAR_COMMANDS, Sidebar
from jpmanage_tui.ui.widgets.virtual_list import VirtualList
from tests.readme.key_table import key_table
from tests.ui.harness import LARGE, running

README = Path(__file__).parents[3] / "README.md"
PLAIN = re.compile(
    r"^([ -~]|up|down|left|right|enter|escape|tab|shift\+tab|space|pagedown|pageup|home|end|f\d|ctrl\+[dupcl])$"
)


def test_every_key_passes_tmux_and_a_plain_terminal() -> None:
    for commands in all_command_sets():
        for command in commands:
            for key in command.keys:
                assert PLAIN.match(key), f"{command.name}: {key}"


def test_no_two_commands_of_one_place_share_a_key_and_no_two_share_a_name() -> None:
    sets = all_command_sets()
    Keymap().check()
    for commands in sets:
        names = [command.name for command in commands]
        assert len(names) == len(set(names))


def test_a_command_that_shares_its_name_with_one_elsewhere_has_the_same_keys() -> None:
    keys: dict[str, tuple[str, ...]] = {}
    for commands in all_command_sets():
        for command in commands:
            assert keys.setdefault(command.name, command.keys) == command.keys, command.name


def test_the_readme_has_the_key_table_of_the_list() -> None:
    assert key_table() in README.read_text(encoding="utf-8"), "README's key table: python -m tests.readme"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"asign": "A"}, "Did you mean 'assign'?"),
        ({"assign": "x"}, "both"),
        ({"back": "n"}, "cannot move"),
    ],
)
def test_a_wrong_entry_of_the_users_keys_is_named(changes: dict[str, str], words: str) -> None:
    with pytest.raises(KeymapError, match=re.escape(words)):
        Keymap(changes).check()


async def test_help_and_palette_name_every_command_of_every_section() -> None:
    async with running(LARGE) as run:
        chain = run.app.main.active_commands()
        entries = await run.app.command_entries()
        shown = " ".join(line.keys + " " + line.words for line in help_lines(entries, (), None))
        for bound in chain:
            for command in bound.commands:
                assert command.help_line in shown
        await run.press("ctrl+p")
        from jpmanage_tui.ui.dialogs.choice import ChoiceList

        listed = {choice.name for choice in run.app.screen.query_one(ChoiceList).choices}
        for bound in chain:
            assert {command.name for command in bound.commands if command.palette} <= listed


async def test_the_footer_shows_only_what_can_run_now() -> None:
    async with running((200, 30)) as run:
        chain = run.app.main.active_commands()
        for bound in chain:
            for command in bound.commands:
                if command.footer and bound.reason(command) is not None:
                    assert f"{key_label(command.keys[0])} {command.label}" not in run.footer
        assert run.footer.endswith("? Help")


async def test_a_changed_key_works_and_footer_and_help_show_it() -> None:
    from jpmanage_tui.config.settings import Settings

    async with running(LARGE, settings=Settings(keys={"search": "f"})) as run:
        assert "f Search" in run.footer
        await run.press("f")
        await run.until(
            lambda: run.app.main.focused is not None and run.app.main.focused.id == "search", "field"
        )


async def test_letters_are_text_in_a_field() -> None:
    async with running() as run:
        await run.press("slash")
        await run.write("qux3")
        await run.until(lambda: run.app.main.query_one("#search").value == "qux3", "the text")  # type: ignore[attr-defined]
        assert run.app.is_running
        assert run.app.main.current == "licenses"


class Place:
    """What commands work on, in a test: it can revoke unless it is a site, copy always, and open by name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done: list[str] = []

    def action_revoke(self) -> None:
        self.done.append("revoked")

    def revoke_disabled_reason(self) -> str | None:
        return None if self.name == "a license" else f"{self.name} cannot be revoked."

    def revoke_label(self) -> str:
        return f"Revoke {self.name}"

    def action_copy(self) -> None:
        self.done.append("copied")

    def action_open(self, what: str, times: int) -> None:
        self.done.append(f"opened {what} {times}")

    def open_disabled_reason(self, what: str, times: int) -> str | None:
        return f"{what} {times}: not now." if self.name == "a site" else None


def test_a_command_is_asked_about_what_its_set_is_bound_to() -> None:
    revoke, copy = (
        Command("revoke", "Revoke", "Revoke it."),
        Command("copy", "Copy", "Copy it."),
    )
    commands = CommandSet("Licenses", (revoke, copy))
    one, other = (ActiveCommands(commands, Place(name)) for name in ("a license", "a site"))
    assert (one.reason(revoke), other.reason(revoke)) == (None, "a site cannot be revoked.")
    assert (one.label(revoke), other.label(revoke)) == ("Revoke a license", "Revoke a site")
    assert (one.reason(copy), one.label(copy)) == (None, "Copy")
    one.run(revoke)
    other.run(copy)
    assert (one.target.done, other.target.done) == (["revoked"], ["copied"])


def test_a_command_may_name_an_action_with_arguments_as_textual_does() -> None:
    view = Command("view-site", "View Site", "View it.", action="open('the site', 2)")
    one, other = (ActiveCommands(CommandSet("x", (view,)), Place(name)) for name in ("a license", "a site"))
    one.run(view)
    assert one.target.done == ["opened the site 2"]
    assert (one.reason(view), other.reason(view)) == (None, "the site 2: not now.")


async def test_every_set_of_the_screen_is_bound_to_a_target_that_all_its_commands_understand() -> None:
    async with running(LARGE) as run:
        for section in "123456":
            await run.press(section)
            await run.until(lambda: run.app.main.section is not None, "the section")
            chain = run.app.main.palette_commands()
            assert run.app in [bound.target for bound in chain]
            assert run.app.main.section in [bound.target for bound in chain]
            for bound in chain:
                for command in bound.commands:
                    assert bound.reason(command) is None or bound.reason(command)
                    assert bound.label(command)


async def test_the_palette_has_the_sections_commands_from_the_sidebar_too_and_says_when_nothing_matches() -> (
    None
):
    async with running(licenses=60) as run:
        await run.press("tab", "ctrl+p")
        await run.sees("Every command")
        await run.write("export")
        await run.press("enter")
        await run.sees("CSV, license codes masked")
        await run.press("escape", "ctrl+p")
        await run.write("qqq")
        await run.sees("Nothing matches.")


def targets() -> list[tuple[CommandSet, type]]:
    """Return every command set with the class that its commands work on."""
    places: list[tuple[CommandSet, type]] = [
        (EVERYWHERE, JpmanageApp),
        (SIDEBAR_COMMANDS, Sidebar),
        (MOVING, VirtualList),
    ]
    return [*places, *((section.load().COMMAND_SET, section.load()) for section in ALL_SECTIONS.values())]


@pytest.mark.parametrize(("commands", "target"), targets(), ids=lambda one: getattr(one, "title", ""))
def test_every_command_names_an_action_of_what_it_works_on(commands: CommandSet, target: type) -> None:
    for command in commands:
        assert callable(getattr(target, f"action_{command.action_name}", None)), command.name


@pytest.mark.parametrize(("commands", "target"), targets(), ids=lambda one: getattr(one, "title", ""))
def test_no_reason_and_no_label_belongs_to_an_action_that_is_not_there(
    commands: CommandSet, target: type
) -> None:
    for name in dir(target):
        action, found, _ = name.rpartition("_disabled_reason")
        if found and action not in ("row", "change"):  # what several of them are made of
            assert hasattr(target, f"action_{action}"), name


def test_the_tables_of_keys_have_the_commands_of_every_place() -> None:
    """The command line checks `[keys]` by them without the app."""
    from jpmanage_tui.config.command_scopes import SCOPES

    sets = {commands.scope: {command.name for command in commands} for commands in all_command_sets()}
    assert sets == {name: set(scope.commands) for name, scope in SCOPES.items()}
