"""What the app lets the user choose from anywhere: a command, the colours, the partner key; and pages to open."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jpmanage_tui.ui import gates
from jpmanage_tui.ui.commands.command import CommandSet
from jpmanage_tui.ui.commands.keymap import key_words
from jpmanage_tui.ui.commands.keys import key_of
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog
from jpmanage_tui.ui.dialogs.link import LinkDialog
from jpmanage_tui.ui.terminal.links import is_web_url, open_url
from jpmanage_tui.ui.themes import themes_for

if TYPE_CHECKING:
    from jpmanage_tui.ui.app import JpmanageApp
    from jpmanage_tui.ui.section import SectionView


async def choose_command(app: JpmanageApp) -> None:
    """Show the palette: every command of the section that is shown, and those of everywhere; run the chosen one."""
    found = {
        command.name: (command, bound)
        for bound in app.main.whole_chain()
        for command in bound.commands
        if command.palette
    }
    choices = [
        Choice(name, bound.words(command), key_words(app.keymap.keys(command)[0]), bound.reason(command))
        for name, (command, bound) in found.items()
    ]
    chosen = await app.push_screen_wait(ChoiceDialog("Every command", choices, search=True))
    if chosen is not None:
        app.main.start(chosen, found[chosen][1])


async def choose_row_action(
    view: SectionView, title: str, commands: CommandSet[Any], actions: Sequence[tuple[str, str, str | None]]
) -> None:
    """Show the menu of the row under the cursor and run the chosen command, if the cursor is still on that row.

    `actions` are names, words, and why it cannot run now.
    """
    choices = [Choice(name, words, key_of(name), reason) for name, words, reason in actions]
    row = getattr(view, "current", None)
    chosen = await view.app.push_screen_wait(ChoiceDialog(title, choices))
    if chosen is None:
        return
    if getattr(view, "current", None) != row:
        view.say_here(f"{title}: the list has changed meanwhile. Nothing was done.", "warning")
        return
    commands.named(chosen).run(view)


async def choose_order(view: SectionView, orders: Mapping[str, str], present: str) -> str | None:
    """Show the orders of a list, by name with their words; return the name of the chosen one, None where none is."""
    choices = [Choice(name, words) for name, words in orders.items()]
    return await view.app.push_screen_wait(ChoiceDialog("Sort by", choices, start=present))


async def choose_theme(app: JpmanageApp) -> None:
    """Show the themes that this terminal has the colours for, and take the chosen one."""
    choices = [Choice(name, name) for name in themes_for(app.colours)]
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
