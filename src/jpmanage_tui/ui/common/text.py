"""The one place that turns an `ApiError` into words: what happened, what was not done, what to do next."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from jpmanage_tui.api import errors
from jpmanage_tui.rules.text import format_time
from jpmanage_tui.ui.common.keys import key_for

if TYPE_CHECKING:
    from jpmanage_tui.operations.operation import Outcome

ANSWER_LOST = "(the answer was lost; confirmed by checking)"


class Where(Enum):
    """Where a sentence stands: what it advises must work there."""

    SCREEN = "screen"
    """On the main screen, with an account: its keys work."""
    DIALOG = "dialog"
    """In a dialog over it: its keys are text there, or do nothing."""
    START = "start"
    """Before an account is open: there is nothing to refresh and no log."""


def error_text(
    error: errors.ApiError, doing: str, again: str | None = None, where: Where = Where.SCREEN
) -> str:
    """Return sentences for the user about `error`, which happened while `doing` ("Loading licenses").

    `again` is the key that tries again where a dialog has one of its own, "" where none does or it tries again by
    itself; None is the one of Refresh on the screen, and none elsewhere. The vendor's own message is kept where there
    is one; the sentences never hold a token or a body.
    """
    if again is None:
        again = key_for("refresh") if where is Where.SCREEN else ""
    if isinstance(error, errors.AuthenticationError) and error.token is not None:
        rejected = f"Token rejected (401): {error.token.words} is invalid or expired."
        return f"{rejected} {_next(error, again, where)}".strip()
    return f"{doing}: {_happened(error)} {_next(error, again, where)}".strip()


def keyless_error_text(error: errors.ApiError, doing: str) -> str:
    """Return `error_text` for where no key tries again."""
    return error_text(error, doing, again="")


def aged_error_text(error: errors.ApiError, doing: str, at: datetime | None) -> str:
    """Return `error_text`, and how old what is still on the screen is: it was answered `at` (UTC), None for never."""
    age = f" What is shown is as of {format_time(at)}." if at is not None else ""
    return error_text(error, doing) + age


def _happened(error: errors.ApiError) -> str:
    match error:
        case errors.TokenUnavailableError() | errors.ApiConnectionError() | errors.OutcomeUnknownError():
            return _sentence(error.message)
        case errors.AuthenticationError():
            return f"the API does not accept the token (401). {_sentence(error.message)}"
        case errors.PermissionDeniedError():
            return f"not allowed (403). {_sentence(error.message)}"
        case errors.NotFoundError():
            return f"not found ({error.status or 404}). {_sentence(error.message)}"
        case errors.InvalidParameterError():
            named = ", ".join(error.params)
            return f"the API refused {named or 'a field'}. {_sentence(error.message)}"
        case errors.RateLimitError():
            return "too many requests (429)."
        case errors.ServerError():
            return _failed(error)
        case _:
            return _sentence(error.message)


def _next(error: errors.ApiError, again: str, where: Where) -> str:
    match error:
        case errors.MissingTokenError():
            return "`jpmanage login` adds one."
        case errors.AuthenticationError():
            return _another_token(error, where)
        case errors.ServerError() if error.retry_after:
            return f"Press {again} to try again in {error.retry_after:.0f} s." if again else ""
        case errors.ApiConnectionError() | errors.ServerError() | errors.TokenUnavailableError():
            return f"Press {again} to try again." if again else ""
        case errors.RateLimitError():
            wait = f"in {error.retry_after:.0f} s" if error.retry_after else "in a minute"
            return (
                f"Nothing was done. Press {again} {wait}."
                if again
                else f"Nothing was done. Try again {wait}."
            )
        case errors.OutcomeUnknownError():
            return f"It may or may not have been done{_found_out(where)}."
        case _:
            return ""


def _another_token(error: errors.AuthenticationError, where: Where) -> str:
    """Return how to get a token that is accepted."""
    token = error.token
    if token is None:
        return "" if where is Where.START else "`jpmanage login` gets another one."
    if where is Where.START:
        later = (
            f" {token.words} wins over that at the next start, unless it is unset." if token.variable else ""
        )
        return f"Sign in below.{later}"
    other = f"Press {key_for('key')} for another key." if token.other_keys and where is Where.SCREEN else ""
    return f"{token.renew} {other}".strip()


def _found_out(where: Where) -> str:
    """Return where it says what became of a change, to end a sentence with; before an account nothing does."""
    match where:
        case Where.SCREEN:
            return f"; press {key_for('open-operations')} to see what was found out"
        case Where.DIALOG:
            return "; Operations says what was found out"
        case Where.START:
            return ""


def _failed(error: errors.ServerError) -> str:
    if not error.status or error.status < 400:
        return _sentence(error.message)  # it did answer, but nothing that can be read
    told = _sentence(error.message)
    failed = f"the server failed ({error.status})."
    return failed if told.startswith("The server failed") else f"{failed} {told}"


def outcome_text(outcome: Outcome[Any], done: str, subject: str, participle: str, reason: str = "") -> str:
    """Return how a change ended: what is true now first, then why, then what to do.

    `done` says what is so if it happened ("Scan is revoked"); otherwise it is said of `subject` that it was not
    `participle` ("Scan", "revoked"). `reason` says why not, where that is not the outcome's own sentence.
    """
    from jpmanage_tui.operations.entry import EntryState  # not needed by the first screen

    match outcome.state:
        case EntryState.DONE:
            return f"{done}. {outcome.detail}".rstrip()
        case EntryState.CONFIRMED_DONE:
            return f"{done} {ANSWER_LOST}."
        case EntryState.UNKNOWN:
            return f"It is not known whether {subject} was {participle}. {outcome.detail} {log_words()}"
        case EntryState.CONFIRMED_NOT_DONE:
            return f"{subject} was not {participle} {ANSWER_LOST}. Nothing was changed."
        case _:
            return f"{subject} was not {participle}: {reason or outcome.detail} Nothing was changed."


def log_words(where: Where = Where.SCREEN) -> str:
    """Return the sentence that sends the user to Operations."""
    return (
        f"Press {key_for('open-operations')} for Operations."
        if where is Where.SCREEN
        else "Operations tells more."
    )


def only_key_token(origin: str) -> str:
    """Return the sentence that says what is lacking with a key token alone; `origin` is the session's."""
    return f"Only a partner key token is set ({origin.removeprefix('key from ')})."


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return text if text[-1] in ".!?…" else text + "."
