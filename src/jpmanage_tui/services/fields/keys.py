"""The fields that name the partner key of a row, where the rows of several keys stand in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.services.fields.field import Field, Fields, FieldType

if TYPE_CHECKING:
    from jpmanage_tui.api.partner import PartnerKey

KEY_FIELDS: Fields[PartnerKey] = (
    Field("key_id", lambda key: key.id, "the partner key's id", FieldType.NUMBER),
    Field("key", lambda key: key.name, "the partner key's name"),
)
