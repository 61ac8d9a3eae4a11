"""The words about what went wrong."""

import re

import pytest

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    InvalidParameterError,
    MissingTokenError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    RequestRejectedError,
    ServerError,
)
from jpmanage_tui.api.sites import SiteConnection
from jpmanage_tui.api.tokens import TokenKind, TokenName
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.ui.common.text import Where, error_text, only_key_token
from jpmanage_tui.ui.sections.sites.text import connecting_text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ServerError("The server failed (HTTP 502).", status=502),
            "Loading: the server failed (502). Press r to try again.",
        ),
        (
            ServerError("Down for a moment", status=503),
            "Loading: the server failed (503). Down for a moment. Press r to try again.",
        ),
        (
            ServerError("The server's answer could not be read: it is no JSON.", status=200),
            "Loading: The server's answer could not be read: it is no JSON. Press r to try again.",
        ),
        (
            ApiConnectionError("No answer came in time."),
            "Loading: No answer came in time. Press r to try again.",
        ),
        (
            AuthenticationError("The token is invalid", status=401),
            "Loading: the API does not accept the token (401). The token is invalid. "
            "`jpmanage login` gets another one.",
        ),
    ],
)
def test_each_sentence_says_once_what_happened_and_what_to_do(error: ApiError, words: str) -> None:
    assert error_text(error, "Loading") == words


VARIABLE = TokenName("JPMANAGE_TOKEN", "Set another one and start again.", variable=True)
KEY = TokenName("the token of partner key Acme", other_keys=True)
PROFILE = TokenName("the user token of profile acme", "`jpmanage login --profile acme` gets another one.")


def rejected(token: TokenName | None) -> AuthenticationError:
    error = AuthenticationError("The OAuth2 token is invalid.", status=401)
    error.token = token
    return error


@pytest.mark.parametrize(
    ("token", "where", "words"),
    [
        (
            VARIABLE,
            Where.SCREEN,
            "Token rejected (401): JPMANAGE_TOKEN is invalid or expired. Set another one and start again.",
        ),
        (
            VARIABLE,
            Where.START,
            "Token rejected (401): JPMANAGE_TOKEN is invalid or expired. Sign in below. JPMANAGE_TOKEN wins over that "
            "at the next start, unless it is unset.",
        ),
        (
            KEY,
            Where.SCREEN,
            "Token rejected (401): the token of partner key Acme is invalid or expired. Press K for another key.",
        ),
        (KEY, Where.DIALOG, "Token rejected (401): the token of partner key Acme is invalid or expired."),
        (
            PROFILE,
            Where.SCREEN,
            "Token rejected (401): the user token of profile acme is invalid or expired. "
            "`jpmanage login --profile acme` gets another one.",
        ),
        (
            PROFILE,
            Where.START,
            "Token rejected (401): the user token of profile acme is invalid or expired. Sign in below.",
        ),
    ],
)
def test_a_rejected_token_is_named_with_what_to_do_where_it_is_told(
    token: TokenName, where: Where, words: str
) -> None:
    assert error_text(rejected(token), "Loading licenses", where=where) == words


ERRORS = [
    MissingTokenError(TokenKind.USER),
    rejected(None),
    rejected(VARIABLE),
    rejected(KEY),
    rejected(PROFILE),
    PermissionDeniedError("No.", status=403),
    NotFoundError("No.", status=404),
    InvalidParameterError("No.", params={"name": "required"}, status=400),
    RateLimitError("Slowly.", retry_after=30),
    RateLimitError("Slowly."),
    RequestRejectedError("No.", status=400),
    ServerError("Down", status=502),
    ApiConnectionError("The server could not be reached."),
    OutcomeUnknownError("No answer came in time."),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("where", [Where.DIALOG, Where.START])
def test_no_key_of_the_main_screen_is_advised_where_it_does_nothing(error: ApiError, where: Where) -> None:
    for again in (None, ""):
        words = error_text(error, "Doing", again, where)
        assert not re.search(r"\bpress\b", words, re.IGNORECASE)
        if where is Where.START:
            assert "for Operations" not in words
    with_its_own = error_text(error, "Doing", "F5", where)
    assert len(re.findall(r"\bpress\b", with_its_own, re.IGNORECASE)) == with_its_own.count("Press F5")


def test_a_site_of_unknown_fate_sends_to_the_log_by_key_only_where_the_key_works() -> None:
    outcome: Outcome[SiteConnection] = Outcome(ConnectSite("https://a.example", "1"), EntryState.UNKNOWN)
    assert connecting_text(outcome).endswith("Press 0 for Operations.")
    assert connecting_text(outcome, Where.DIALOG).endswith("Operations tells more.")


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("key from JPMANAGE_TOKEN", "Only a partner key token is set (JPMANAGE_TOKEN)."),
        ("profile acme", "Only a partner key token is set (profile acme)."),
        ("token_command", "Only a partner key token is set (token_command)."),
    ],
)
def test_a_key_token_alone_is_said_with_where_it_is_set(origin: str, words: str) -> None:
    assert only_key_token(origin) == words
