"""Countries and states for the company form (user's token)."""

from collections.abc import Mapping
from html import unescape
from typing import TYPE_CHECKING

from jpmanage_tui.api import coerce
from jpmanage_tui.api.model import ApiModel, ReadRows
from jpmanage_tui.api.request import ApiRequest
from jpmanage_tui.api.text import sanitize_text
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.requestor import Requestor

_BETWEEN = " \u2014 "  # country and state stand in one label, an em dash between them

WITH_STATES = frozenset(
    {"AR", "AU", "BR", "CA", "CL", "CN", "CO", "CR", "EG", "ES", "HK", "HN", "ID", "IE", "IN", "IR", "IT"}
    | {"JM", "JP", "MX", "MZ", "NG", "NI", "PA", "PE", "PH", "SV", "TH", "TR", "UA", "US", "UY", "VE"}
)
"""Countries whose states are asked for; elsewhere the state is ''."""


class State(ApiModel):
    """A state, province or region; ``code`` without the country's (``TX``)."""

    code: str
    label: str


class Country(ApiModel):
    """A country by ISO-2 code; ``states`` is empty where none is asked for, in the API's order otherwise."""

    code: str
    label: str
    states: tuple[State, ...] = ()


def _label(value: object) -> str:
    """Return a label; the shop's software writes letters beyond ASCII as entities (``Cura&ccedil;ao``)."""
    return sanitize_text(unescape(coerce.text(value) or "")).strip()


def read_countries(labels: Mapping[str, object]) -> ReadRows[Country]:
    """Return the countries in the order of their labels, from the API's flat object of codes and labels.

    ``CC`` names a country, ``CC:SS`` a state of it whose label also names the country.
    """
    unreadable = 0
    names: dict[str, str] = {}
    states: dict[str, list[State]] = {}
    for key, value in labels.items():
        label = _label(value)
        code, _, region = (coerce.text(key) or "").partition(":")
        if not code or not label:
            unreadable += 1
            continue
        if not region:
            names[code] = label
            continue
        country, dash, state = label.partition(_BETWEEN)
        names.setdefault(code, country)
        if code in WITH_STATES:
            states.setdefault(code, []).append(State(code=region, label=state if dash else region))
    found = [
        Country(code=code, label=label, states=tuple(states.get(code, ()))) for code, label in names.items()
    ]
    return ReadRows(sorted(found, key=lambda country: country.label), unreadable)


class CountriesResource:
    """The countries the vendor knows. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: "Requestor") -> None:
        self._requestor = requestor
        self._known: ReadRows[Country] | None = None

    async def list(self) -> ReadRows[Country]:
        """Return the countries by label, with the states of those that have any; asked once per client."""
        if self._known is None:
            # The trailing slash is the vendor's own.
            answer = await self._requestor.send(
                ApiRequest("GET", "/wpcom/v2/woocommerce/countries/regions/", TokenKind.USER)
            )
            countries = read_countries(answer.mapping())
            if not countries:
                answer.unreadable("it names no country")
            self._known = countries
        return self._known
