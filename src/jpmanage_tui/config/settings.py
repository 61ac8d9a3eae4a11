"""The settings, and what they are without ``config.toml``."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from jpmanage_tui.config.theme_names import BUILT_IN_THEMES
from jpmanage_tui.loopback import is_loopback

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

    from jpmanage_tui.config.keymap import KeyChanges

DEFAULT_API_URL = "https://public-api.wordpress.com"
DEFAULT_STRIPE_URL = "https://api.stripe.com"
LEAST_REFRESH_SECONDS = 10
"""What ``refresh_seconds`` may be at the least, where it is not 0."""


_NO_URL = "must be a URL such as https://public-api.wordpress.com"


def checked_url(value: str) -> str:
    """Return ``value``, the base of an API, without a trailing slash.

    A token travels to it, so plain ``http`` is accepted for this machine only.

    Raises:
        ValueError: not an absolute http(s) URL, one with credentials, query or fragment, or ``http``
            elsewhere.

    """
    try:
        parts = urlsplit(value.strip())
        host = parts.hostname or ""
        host.encode("idna").decode("idna")
        _ = parts.port  # a port that is no number, or too high a one, raises here
    except ValueError:
        raise ValueError(_NO_URL) from None
    if not host or parts.scheme not in ("http", "https") or re.search(r"\s", value.strip()):
        raise ValueError(_NO_URL)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must not hold a user, a password, a query or a fragment")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("must be https: a token would travel in the clear (http is for this machine only)")
    return value.strip().rstrip("/")


class Timeouts(NamedTuple):
    """How long the program waits, in seconds, for each phase of a request and for all of it
    (``[timeouts]``).
    """

    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 30.0
    total: float = 90.0


class Settings(NamedTuple):
    """What the user configured; each field is the key of the same name in ``config.toml``.

    ``token_command`` and ``user_token_command`` print a token on their first line. ``theme`` None leaves
    the choice to the program, ``ascii`` None to the locale. ``refresh_seconds`` is how often the app asks again for what
    is on its screen, 0 for never. ``keys`` maps a command's name to the keys that run it,
    and a section's name to a table of its own. ``profile`` is the one to use where
    none is named, None for the default one.
    """

    api_url: str = DEFAULT_API_URL
    stripe_url: str = DEFAULT_STRIPE_URL
    token_command: str | None = None
    user_token_command: str | None = None
    oauth_client_id: str | None = None
    oauth_client_secret: SecretStr | None = None
    download_dir: Path | None = None
    theme: str | None = None
    mouse: bool = False
    refresh_seconds: int = 60
    accessible: bool = False
    ascii: bool | None = None
    read_only: bool = False
    profile: str | None = None
    timeouts: Timeouts = Timeouts()
    keys: KeyChanges = MappingProxyType({})


SETTINGS_HELP = MappingProxyType(
    {
        "api_url": "the API's address; http:// for this machine only",
        "stripe_url": "Stripe's address; http:// for this machine only",
        "token_command": "a command that prints a partner key's token, such as: pass show jetpack",
        "user_token_command": "a command that prints a WordPress.com user's token",
        "oauth_client_id": "the id of your own WordPress.com application, to sign in with",
        "oauth_client_secret": "its secret; the file must be readable by you alone then (chmod 600)",
        "download_dir": "where downloads go (~/Downloads if it is there, else home)",
        "theme": f"{', '.join(BUILT_IN_THEMES)}, or a file's name in themes/; without it what was chosen last",
        "mouse": "take the mouse in the app",
        "refresh_seconds": "how often the app asks again for what is on its screen, while it is used; 0: never",
        "accessible": "for screen readers: no lines, no signs, whole lines, words (JPMANAGE_ACCESSIBLE=1)",
        "ascii": "draw in ASCII alone; without it the locale says whether the terminal takes UTF-8",
        "read_only": "refuse every change, as --read-only does",
        "profile": "the profile to use where none is named (the default one)",
        "timeouts": "seconds to wait for each phase of a request, and for all of it",
        "keys": "other keys for the app's commands, by their names; [keys.SECTION] for one section",
    }
)
"""What each setting is, in a line."""
