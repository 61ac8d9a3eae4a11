"""The fields of profiles. No token is among them."""

from __future__ import annotations

from typing import NamedTuple

from jpmanage_tui.config.credentials import Profile
from jpmanage_tui.config.settings import DEFAULT_API_URL
from jpmanage_tui.services.fields.field import Field, Fields, FieldType


class ListedProfile(NamedTuple):
    """A stored profile, and whether it is the default one."""

    profile: Profile
    default: bool


PROFILE_FIELDS: Fields[ListedProfile] = (
    Field("name", lambda one: one.profile.name, "the profile's name", whole=True),
    Field(
        "default",
        lambda one: one.default,
        "whether it is the default one, as `profiles use` makes it",
        FieldType.FLAG,
    ),
    Field("account", lambda one: one.profile.account, "the partner account, as it was called last"),
    Field("key", lambda one: one.profile.key_name, "the partner key that was used last"),
    Field("key_id", lambda one: one.profile.key_id, "its id", FieldType.NUMBER, listed=False),
    Field(
        "key_token",
        lambda one: one.profile.key_token is not None,
        "whether it has a partner key's token",
        FieldType.FLAG,
    ),
    Field(
        "user_token",
        lambda one: one.profile.user_token is not None,
        "whether it has a user token",
        FieldType.FLAG,
    ),
    Field(
        "renewed",
        lambda one: one.profile.refresh_token is not None,
        "whether the user token is renewed by itself",
        FieldType.FLAG,
        listed=False,
    ),
    Field(
        "expires_at",
        lambda one: one.profile.expires_at,
        "when the user token ends",
        FieldType.TIME,
        listed=False,
    ),
    Field(
        "api_url", lambda one: one.profile.api_url or DEFAULT_API_URL, "the API that it is for", listed=False
    ),
)
