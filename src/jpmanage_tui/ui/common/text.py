"""The one place that turns an `ApiError` into words: what happened, what was not done, what to do next."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Protocol

from jpmanage_tui.api import errors
from jpmanage_tui.ui.common.keys import key_for


class Where(Enum):
    """Where a sentence stands: what it advises must work there."""

    SCREEN = "screen"
    """On the main screen, with an account: its keys work."""
    DIALOG = "dialog"
    """In a dialog over it: its keys are text there, or do nothing."""
    START = "start"
    """Before an account is open: there is nothing to refresh and no log."""


def explain(error: errors.ApiError, doing: str, again: str | None = None, where: Where = Where.SCREEN) -> str:
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


def explain_aged(error: errors.ApiError, doing: str, at: datetime | None) -> str:
    """Return `explain`, and how old what is still on the screen is: it was answered `at` (UTC), None for never."""
    age = f" What is shown is as of {clock(at)}." if at is not None else ""
    return explain(error, doing) + age


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
            return f"; press {key_for('log')} to see what was found out"
        case Where.DIALOG:
            return "; the log of operations says what was found out"
        case Where.START:
            return ""


def _failed(error: errors.ServerError) -> str:
    if not error.status or error.status < 400:
        return _sentence(error.message)  # it did answer, but nothing that can be read
    told = _sentence(error.message)
    failed = f"the server failed ({error.status})."
    return failed if told.startswith("The server failed") else f"{failed} {told}"


def log_words(where: Where = Where.SCREEN) -> str:
    """Return the sentence that sends the user to the log of operations."""
    return (
        f"Press {key_for('log')} for the log."
        if where is Where.SCREEN
        else "The log of operations tells more."
    )


def only_key_token(origin: str) -> str:
    """Return the sentence that says what is lacking with a key token alone; `origin` is the session's."""
    return f"Only a partner key token is set ({origin.removeprefix('key from ')})."


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return text if text[-1] in ".!?…" else text + "."


def day(moment: datetime | None) -> str:
    """Return a date as the lists print it, YYYY-MM-DD in UTC, or a dash (contract: licences 0)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d") if moment else "—"


def moment(moment: datetime | None) -> str:
    """Return a date with its time, in UTC and saying so, or a dash."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else "—"


def clock(moment: datetime) -> str:
    """Return the time of day of `moment` in the user's own time zone, as HH:MM."""
    return moment.astimezone().strftime("%H:%M")


def number(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: "1 license", "2,000 licenses"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def counted(words: str, one: str) -> str:
    """Return a count with its noun, where the count is in words already: "1 license", "50+ licenses"."""
    return f"{words} {one if words == '1' else one + 's'}"


def matching(words: str, one: str, text: str) -> str:
    """Return how many match what was searched: "1 site matches “blue”", "50+ sites match “blue”"."""
    return f"{counted(words, one)} match{'es' if words == '1' else ''} “{text}”"


def not_read(count: int) -> str:
    """Return how many rows of an answer could not be read, in brackets; empty where all could."""
    return f"({count:,} could not be read)" if count else ""


class Source(Protocol):
    """What yields all rows, and knows at its end what it left out: a paginator of the client is one."""

    @property
    def left_out(self) -> int:
        """How many rows could not be read."""

    @property
    def cut_short(self) -> bool:
        """Whether more may be missing, and nobody knows how many."""


def lacking(source: Source, one: str) -> str:
    """Return what a reading left out, in a few words; `one` is the noun of a row. Empty where it has all there is."""
    if source.left_out:
        return f"{number(source.left_out, one)} could not be read"
    return "more may be missing: the list did not come to its end" if source.cut_short else ""


NOT_READ = "· could not be read ·"
"""Stands in the place of a row that came and could not be read."""


def short(count: int) -> str:
    """Return a count in at most four cells: 950, 12k, 1.2M."""
    if count < 10_000:
        return f"{count}"
    if count < 1_000_000:
        return f"{count // 1000}k"
    return f"{count / 1_000_000:.1f}M"
