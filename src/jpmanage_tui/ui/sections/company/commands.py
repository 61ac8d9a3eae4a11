"""The commands of the Company Details screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.ui.common.commands import Command, CommandSet

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.company.section import CompanySection

READ_ONLY = "The program was started with --read-only."


def closed(view: CompanySection) -> str | None:
    """Return why the form cannot be changed now, None when it can."""
    if not view.session.has_user:
        return "Company details need the account's user token."
    if view.session.read_only:
        return READ_ONLY
    return None if view.partner is not None else "The details are not loaded yet."


def _edit(view: CompanySection) -> str | None:
    return closed(view) or ("You are in the form." if view.typing else None)


def _save(view: CompanySection) -> str | None:
    if view.saving:
        return "It is on its way already."
    return closed(view) or (None if view.form.changed else "Nothing is changed.")


COMPANY: CommandSet[CompanySection] = CommandSet(
    "Company Details",
    (
        Command(
            "edit-details",
            "Edit",
            "Go into the form; esc leaves it, keeping what was typed.",
            lambda view: view.edit(),
            _edit,
        ),
        Command(
            "update-details",
            "Update Details",
            "Send the changed company details; they are applied to all future invoices.",
            lambda view: view.save(),
            _save,
            changes=True,
        ),
    ),
)
"""Every command of this screen."""
