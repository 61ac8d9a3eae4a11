"""Countries and states for the company form (user's token)."""

from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.api.models.country import Country, read_countries
from jpmanage_tui.api.request import ApiRequest
from jpmanage_tui.api.requestor import Requestor
from jpmanage_tui.api.tokens import TokenKind


class CountriesResource:
    """The countries the vendor knows. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: Requestor) -> None:
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
