"""The fields of the company details: those of the company form, and what is sent back with it as it is."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from jpmanage_tui.rules.account import FIELD_LABELS
from jpmanage_tui.services.exports import Cell
from jpmanage_tui.services.fields.field import Field, Fields

if TYPE_CHECKING:
    from jpmanage_tui.api.partner import PartnerDetails

_HELP = {
    "name": "the company's name",
    "contact_person": "the contact's first and last name",
    "company_website": "the company's website",
    "company_type": "what kind of company it is: agency, freelancer or business",
    "managed_sites": "how many sites it manages, as it said when it signed up",
    "country": "the country, by its code of two letters",
    "state": "the state, by its code",
    "city": "the city",
    "line1": "the first line of the address",
    "line2": "the second line of the address",
    "postal_code": "the postal code",
}


def _field(name: str) -> Field[PartnerDetails]:
    value = attrgetter(name)

    def cell(details: PartnerDetails) -> Cell:
        text: str = value(details)
        return text or None

    return Field(name, cell, _HELP[name])


COMPANY_FIELDS: Fields[PartnerDetails] = tuple(map(_field, FIELD_LABELS))
"""The names are read by scripts, and given back to `company update --from`: none ever changes, new ones come last."""
