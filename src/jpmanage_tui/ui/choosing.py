"""What the app lets the user choose from anywhere: a command, the colours, the partner key; and pages to open."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jpmanage_tui.account.import_modules import load
from jpmanage_tui.ui.common.commands import ActiveCommand, CommandSet
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.themes import THEMES, theme_reason
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, matching
from jpmanage_tui.ui.dialogs.link import LinkDialog
from jpmanage_tui.ui.onboarding import requirements as gates
from jpmanage_tui.ui.sections.registry import ISSUE, SECTIONS, SectionInfo
from jpmanage_tui.ui.terminal.browser import is_web_url, open_url

if TYPE_CHECKING:
    from jpmanage_tui.ui.app import JpmanageApp
    from jpmanage_tui.ui.sections.base import Section


def best_matches(choices: Sequence[Choice], text: str) -> list[Choice]:
    """Return the choices that match `text`: those that hold its words, then those that hold its letters in order."""
    from textual.fuzzy import Matcher

    from jpmanage_tui.rules.search.fold import fold

    found = matching(choices, text)
    matcher = Matcher("".join(fold(text).split()))
    scores = {one.name: matcher.match(fold(one.words)) for one in choices if one not in found}
    rest = [one for one in choices if scores.get(one.name)]
    return [*found, *sorted(rest, key=lambda one: -scores[one.name])]


async def choose_command(app: JpmanageApp) -> None:
    """Show the palette: what works here, then what every other section can do; run the chosen one, there if need be."""
    await load(section.view.partition(":")[0] for section in (*SECTIONS, ISSUE))
    from jpmanage_tui.ui.sections.command_sets import section_sets

    here: dict[str, ActiveCommand] = {}
    choices = []
    for bound in app.main.whole_chain():
        for command in bound.commands:
            if command.palette and command.name not in here:
                here[command.name] = bound
                words, key = bound.label(command), app.keymap.shown(command)
                choices.append(
                    Choice(command.name, words, "", bound.reason(command), key, changes=command.changes)
                )
    elsewhere: dict[str, tuple[SectionInfo, str]] = {}
    for section, commands in section_sets().items():
        if section.name == app.main.current:
            continue
        for command in commands:
            if command.palette:
                name = f"{section.words}: {command.name}"
                elsewhere[name] = (section, command.name)
                key = app.keymap.shown(command)
                choices.append(
                    Choice(name, command.label, section.words, app.no_session(), key, changes=command.changes)
                )
    dialog = ChoiceDialog("Every command", choices, search=True, match=best_matches)
    chosen = await app.push_screen_wait(dialog)
    if chosen in here:
        app.main.start(chosen, here[chosen])
    elif chosen is not None:
        await _run_elsewhere(app, *elsewhere[chosen])


async def _run_elsewhere(app: JpmanageApp, section: SectionInfo, name: str) -> None:
    """Go to a section and run a command there, or say there why it cannot run."""
    view = app.main.view if await app.main.go_to(section) else None
    if view is not None:
        app.main.start(name, ActiveCommand(view.COMMANDS, view))


async def choose_row_action(
    view: Section, title: str, commands: CommandSet[Any], actions: Sequence[tuple[str, str, str | None]]
) -> None:
    """Show the menu of the row under the cursor and run the chosen command, if the cursor is still on that row.

    `actions` are names, words, and why it cannot run now.
    """
    choices = [
        Choice(name, words, "", reason, key_for(name), commands.named(name).changes)
        for name, words, reason in actions
    ]
    row = getattr(view, "current", None)
    chosen = await view.app.push_screen_wait(ChoiceDialog(title, choices))
    if chosen is None:
        return
    if getattr(view, "current", None) != row:
        view.say_here(f"{title}: the list has changed meanwhile. Nothing was done.", "warning")
        return
    ActiveCommand(commands, view).run(commands.named(chosen))


async def choose_order(view: Section, orders: Mapping[str, str], present: str) -> str | None:
    """Show the orders of a list, by name with their words; return the name of the chosen one, None where none is."""
    choices = [Choice(name, words) for name, words in orders.items()]
    return await view.app.push_screen_wait(ChoiceDialog("Sort by", choices, start=present))


async def choose_theme(app: JpmanageApp) -> None:
    """Show the themes, those that this terminal has no colors for with the reason, and take the chosen one."""
    choices = [Choice(theme.name, theme.name, "", theme_reason(theme.name, os.environ)) for theme in THEMES]
    chosen = await app.push_screen_wait(ChoiceDialog("Theme", choices, start=app.theme))
    if chosen is not None:
        app.theme = chosen


async def choose_key(app: JpmanageApp) -> None:
    """Show the account's partner keys, and open the chosen one; asks first where a form is changed or a run goes on."""
    session = app.session
    if session is None or session.partner is None:
        return
    key_id = await gates.ask_key(app, session.partner, session.key_id)
    if key_id is None or key_id == session.key_id or not await app.main.may_leave():
        return
    name = next((key.name for key in session.partner.keys if key.id == key_id), "") or f"key {key_id}"
    await app.switch_session(lambda: app.door.open_key(key_id), "Partner key", name)


async def open_link(app: JpmanageApp, title: str, url: str) -> None:
    """Open a web page on a local desktop; over SSH show it as link and QR code."""
    if not is_web_url(url):
        app.say(f"{title}: the API gave no web address that can be opened.", "warning")
    elif await open_url(url, os.environ):
        app.say(f"{title}: opened {url} in the browser.")
    else:
        await app.push_screen_wait(LinkDialog(title, url))
