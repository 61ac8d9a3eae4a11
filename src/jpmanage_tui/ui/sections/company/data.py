"""Reading the partner record and the countries: workers that post what came."""

from __future__ import annotations

from textual.widget import Widget

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.countries import Country
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.api.partner import Partner
from jpmanage_tui.ui.common.messages import DataMessage


class PartnerLoaded(DataMessage):
    """The partner record came."""

    partner: Partner


class CountriesLoaded(DataMessage):
    """The list of countries came."""

    countries: ReadRows[Country]


class ReadFailed(DataMessage):
    """Something could not be read; `countries` says whether it was their list."""

    error: ApiError
    countries: bool


class CompanyReader:
    """Asks for the record and for the countries, each once at a time."""

    def __init__(self, host: Widget, client: LicensingClient) -> None:
        self._host = host
        self._client = client

    def want_partner(self) -> None:
        """Ask for the partner record."""
        self._host.run_worker(self._partner(), group="company-partner", exclusive=True, exit_on_error=False)

    def want_countries(self) -> None:
        """Ask for the countries."""
        self._host.run_worker(
            self._countries(), group="company-countries", exclusive=True, exit_on_error=False
        )

    async def _partner(self) -> None:
        try:
            partner = await self._client.partner.get()
        except ApiError as error:
            self._host.post_message(ReadFailed(error, countries=False))
        else:
            self._host.post_message(PartnerLoaded(partner))

    async def _countries(self) -> None:
        try:
            countries = await self._client.countries.list()
        except ApiError as error:
            self._host.post_message(ReadFailed(error, countries=True))
        else:
            self._host.post_message(CountriesLoaded(countries))
