"""What is said of stored profiles where one is chosen. No token is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.rules.account import IN_USE

if TYPE_CHECKING:
    from jpmanage_tui.config.credentials import Profile


def token_source(profile: Profile) -> str:
    """Return where a profile's token came from, in a few words."""
    if profile.client_id is not None:
        return "WordPress.com sign-in"
    kinds = [
        kind
        for kind, token in (("user", profile.user_token), ("key", profile.key_token))
        if token is not None
    ]
    return f"pasted {' and '.join(kinds)} token" if kinds else "no token"


def profile_facts(profile: Profile, *, in_use: bool, default: bool) -> list[str]:
    """Return what is known of a profile, in a few words each: whether it is the one ``in_use`` or the default one,
    its account and key as they were called last, and where its token came from.
    """
    facts = [IN_USE] if in_use else []
    facts += [profile.account] if profile.account else []
    facts += [f"key {profile.key_name}"] if profile.key_name and profile.key_name != profile.account else []
    return [*facts, token_source(profile), *(["default"] if default else [])]
