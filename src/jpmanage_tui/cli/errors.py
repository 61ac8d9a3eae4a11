"""How a command ends that cannot do what it should: a sentence on stderr, as JSON where that is asked for, and a code."""

from __future__ import annotations

from typing import NamedTuple

from jpmanage_tui.account.session import NeedsKey, NeedsTerms, NoAccount
from jpmanage_tui.api import errors
from jpmanage_tui.cli import output
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.parser import nearest
from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.operations.errors import (
    ConflictError,
    JournalUnavailable,
    OperationError,
    SnapshotUnavailable,
)
from jpmanage_tui.services.fields.field import UnknownField


class CommandError(Exception):
    """A command cannot be carried out as it was asked for: the sentence says why, and what to do.

    `code` is the word for it in JSON, which stays the same.
    """

    def __init__(
        self, sentence: str, exit_code: ExitCode = ExitCode.USAGE, code: str = "command_refused"
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code
        self.code = code


class Failure(NamedTuple):
    """Why something failed: a sentence, the exit code that stands for it, and what the API said of it, if it did.

    `code` is the API's, else a word of ours that stays the same.
    """

    message: str
    exit_code: ExitCode
    code: str
    status: int | None = None
    request_id: str | None = None


REPORTED = (
    CommandError,
    UnknownField,
    ConfigError,
    OperationError,
    NoAccount,
    NeedsKey,
    NeedsTerms,
    errors.ApiError,
)
"""What `failure_of` has words for; anything else is a defect."""


def failure_of(error: Exception) -> Failure:
    """Return what is said about an error of `REPORTED`."""
    match error:
        case errors.ApiError():
            code = error.code or "no_answer"
            return Failure(
                api_sentence(error), exit_code_of(error), code, error.status or None, error.request_id
            )
        case CommandError():
            return Failure(error.sentence, error.exit_code, error.code)
        case UnknownField():
            return Failure(f"{error}{nearest(error.name, error.known)}", ExitCode.USAGE, "unknown_field")
        case ConfigError():
            return Failure(error.sentence, ExitCode.USAGE, "configuration")
        case SnapshotUnavailable():
            return failure_of(error.cause)._replace(message=error.sentence)
        case OperationError():
            return Failure(error.sentence, _code_of_operation(error), "operation_refused")
        case NeedsKey():
            keys = ", ".join(f"{key.id} ({key.name})" for key in error.partner.keys if key.is_usable)
            sentence = f"The account has several partner keys. Choose one with --key ID: {keys}."
            return Failure(sentence, ExitCode.USAGE, "partner_key_not_chosen")
        case NeedsTerms():
            sentence = f"{error} Start jpmanage to read and accept them."
            return Failure(sentence, ExitCode.USAGE, "terms_not_accepted")
        case _:
            return Failure(str(error), ExitCode.NOT_SIGNED_IN, "not_signed_in")


def _code_of_operation(error: OperationError) -> ExitCode:
    match error:
        case JournalUnavailable():
            return ExitCode.INTERNAL
        case ConflictError():
            return ExitCode.OUTCOME_UNKNOWN
        case _:
            return ExitCode.USAGE


def exit_code_of(error: errors.ApiError) -> ExitCode:
    """Return the exit code that stands for an API error."""
    match error:
        case errors.TokenUnavailableError() | errors.AuthenticationError():
            return ExitCode.NOT_SIGNED_IN
        case errors.OutcomeUnknownError():
            return ExitCode.OUTCOME_UNKNOWN
        case errors.ApiConnectionError() | errors.ServerError():
            return ExitCode.NO_ANSWER
        case _:
            return ExitCode.REFUSED


def api_sentence(error: errors.ApiError) -> str:
    """Return the sentence about an API error: what was asked, what came of it, and its request id."""
    asked = f" ({error.method} {error.path})" if error.path else ""
    if isinstance(error, errors.AuthenticationError) and error.token is not None:
        request = f" Request id {error.request_id}." if error.request_id else ""
        rejected = f"Token rejected (401): {error.token.words} is invalid or expired{asked}."
        return f"{rejected}{request} {error.token.renew}".rstrip()
    request = f" Request id {error.request_id}." if error.request_id else ""
    answered = f"the API answered {error.status}: " if error.status else ""
    return f"{answered}{error.message}{asked}{request}"


def tell(failure: Failure, *, as_json: bool) -> ExitCode:
    """Write why a command failed to stderr, as one line of JSON where `as_json`, and return the exit code."""
    if as_json:
        output.write_json_error(
            failure.code,
            failure.message,
            int(failure.exit_code),
            status=failure.status,
            request_id=failure.request_id,
        )
    else:
        output.write_error(f"jpmanage: {failure.message}")
    return failure.exit_code
