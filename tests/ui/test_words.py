"""The words about what went wrong."""

import pytest

from jpmanage_tui.api.errors import ApiError, NoAnswer, NotSignedIn, ServerError
from jpmanage_tui.ui.words import explain


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
            NoAnswer("No answer came in time."),
            "Loading: No answer came in time. Press r to try again.",
        ),
        (
            NotSignedIn("The token is invalid", status=401),
            "Loading: the API does not accept the token (401). The token is invalid. "
            "Renew it (`jpmanage whoami` says where it came from), or press K for another key.",
        ),
    ],
)
def test_each_sentence_says_once_what_happened_and_what_to_do(error: ApiError, words: str) -> None:
    assert explain(error, "Loading") == words
