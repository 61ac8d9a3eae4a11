"""The words of the Company Details screen."""

from __future__ import annotations

from collections.abc import Collection

from jpmanage_tui.api.errors import InvalidParameterError
from jpmanage_tui.api.partner import Partner
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.rules.account import FIELD_LABELS, field_errors
from jpmanage_tui.ui.common.keys import key_for
from jpmanage_tui.ui.common.text import ANSWER_LOST, log_words, only_key_token

UPDATED = "Future invoices will carry these details."


def needs_user(origin: str) -> str:
    """Return what the screen needs where only a partner key's token is known, and how to get it.

    (contract: account 0, the partner record takes the user's token)
    """
    return (
        "The company details belong to the account, and the API gives them only to the account's user token. "
        f"{only_key_token(origin)}\n\n"
        "To see and change them, do one of these:\n"
        "  • leave and run `jpmanage login`: it signs in with WordPress.com and keeps the user token\n"
        "  • set JPMANAGE_USER_TOKEN, or user_token_command in config.toml, and start again\n\n"
        "Licenses, invoices and cards work with the key's token as they are."
    )


def changed_elsewhere(typing: bool) -> str:
    """Return that the record is another one by now, and what shows it; `typing`: the focus is in the form."""
    way = f"{key_for('refresh')} shows it; what you changed stays."
    return f"The details were changed elsewhere: {'esc, then ' if typing else ''}{way}"


def update_outcome_text(outcome: Outcome[Partner], shown: Collection[str]) -> str:
    """Return how an update ended; `shown` are the rows on the screen, whose refusals stand under them."""
    match outcome.state:
        case EntryState.DONE:
            return f"Updated. {UPDATED} {outcome.detail}".rstrip()
        case EntryState.CONFIRMED_DONE:
            return f"Updated {ANSWER_LOST}. {UPDATED}"
        case EntryState.CONFIRMED_NOT_DONE:
            return f"Not updated {ANSWER_LOST}: the company details are as before."
        case EntryState.UNKNOWN:
            return f"It is not known whether the company details were updated. {outcome.detail} {log_words()}"
        case _:
            return f"The company details were not updated. {refusal(outcome, shown)}"


def refusal(outcome: Outcome[Partner], shown: Collection[str]) -> str:
    """Return why a form was refused: which rows to look at, and the server's sentences about what has no row."""
    error = outcome.error
    if not isinstance(error, InvalidParameterError):
        return outcome.detail
    errors = field_errors(error.params)
    below = [FIELD_LABELS.get(name, name) for name in errors if name in shown]
    beside = [
        words if name in words else f"{FIELD_LABELS.get(name, name)}: {words}"
        for name, words in errors.items()
        if name not in shown
    ]
    sentences = [f"See {', '.join(below)}."] if below else []
    return " ".join([*sentences, *beside]) or outcome.detail
