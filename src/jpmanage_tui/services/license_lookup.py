"""Finding licenses by their codes, or by their license ids, with as few questions as that takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import UNKNOWN_LICENSE, NotFoundError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.api.paging import PageNumberPaginator
from jpmanage_tui.operations.mutations.licenses import find_license
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.all_licenses import ReportProgress

MOST_SEARCHED = 20
"""So many codes are searched one by one; of more all licenses are read, which takes fewer questions."""
AT_ONCE = 4
"""So many searches are under way at a time."""


@dataclass(frozen=True)
class LicenseLookup:
    """The licenses that were asked for, each once, in that order, and the words for which there is none.

    `lacks` says what could not be read, in a few words: a license that is not found may be among it; '' for nothing.
    """

    licenses: tuple[License, ...]
    unknown: tuple[str, ...] = ()
    lacks: str = ""


def is_id(word: str) -> bool:
    """Tell whether a word is a license id: a code has a product before its last underscore."""
    return word.isascii() and word.isdigit()


async def find_licenses(
    client: LicensingClient, words: Iterable[str], report: ReportProgress
) -> LicenseLookup:
    """Return the licenses with these codes or ids, whatever their state, those inside bundles too.

    A few codes are searched one by one. A code that no search finds, though the API knows it, may be listed under its
    bundle alone (contract: licenses 1.8), and nothing can be searched by its id: then all licenses are read. `report` is
    told in a few words how far that is.

    Raises:
        ApiError: something could not be read.

    """
    wanted = tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
    codes = [word for word in wanted if not is_id(word)]
    found: dict[str, License] = {}
    if len(codes) == len(wanted) <= MOST_SEARCHED:
        found = await _searched(client, codes)
        if not await _known(client, [code for code in codes if code not in found]):
            return _answer(wanted, found)
    return await _Reading(client, report, wanted, found).read()


class _Reading:
    """Reads licenses until all that are wanted are found: the list first, then what is inside bundles."""

    def __init__(
        self,
        client: LicensingClient,
        report: ReportProgress,
        wanted: Sequence[str],
        found: dict[str, License],
    ) -> None:
        self._client = client
        self._report = report
        self._wanted = wanted
        self._found = found
        self._missing = set(wanted) - found.keys()
        self._read = 0
        self._left_out = 0
        self._cut_short = False

    async def read(self) -> LicenseLookup:
        """Return what was found. Raises ApiError."""
        bundles: list[License] = []
        members_listed = False

        def listed(license: License) -> None:
            nonlocal members_listed
            members_listed = members_listed or license.is_child
            if license.is_bundle:
                bundles.append(license)

        await self._take(self._client.licenses.list_all(LicenseFilter.ALL), listed)
        for bundle in () if members_listed else bundles:
            if not self._missing:
                break
            if bundle.license_id is None:
                self._left_out += bundle.quantity or 0
                continue
            try:
                await self._take(self._client.licenses.list_all_children(bundle.license_id))
            except UNKNOWN_LICENSE:
                self._left_out += bundle.quantity or 0  # it was listed, and now the server does not know it
        lacks = ""
        if self._missing and self._left_out:
            lacks = f"{pluralize(self._left_out, 'license')} could not be read"
        elif self._missing and self._cut_short:
            lacks = "the list of licenses did not come to its end"
        return _answer(self._wanted, self._found, lacks)

    async def _take(
        self,
        pages: PageNumberPaginator[License],
        listed: Callable[[License], None] = lambda _license: None,
    ) -> None:
        async for license in pages:
            self._read += 1
            self._report(f"{self._read:,} licenses read…")
            listed(license)
            for word in (license.license_key, str(license.license_id or "")):
                if word in self._missing:
                    self._missing.discard(word)
                    self._found[word] = license
            if not self._missing:
                return
        self._left_out += pages.left_out
        self._cut_short = self._cut_short or pages.cut_short


def _answer(wanted: Sequence[str], found: dict[str, License], lacks: str = "") -> LicenseLookup:
    licenses = {found[word].license_key: found[word] for word in wanted if word in found}
    return LicenseLookup(tuple(licenses.values()), tuple(word for word in wanted if word not in found), lacks)


async def _searched(client: LicensingClient, codes: Sequence[str]) -> dict[str, License]:
    """Return by code the licenses that a search for it finds. Raises ApiError."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def search(code: str) -> License | None:
        async with turns:
            return await find_license(client, LicenseKey(code), None)

    tasks = [asyncio.ensure_future(search(code)) for code in codes]
    try:
        found = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return {code: license for code, license in zip(codes, found, strict=True) if license is not None}


async def _known(client: LicensingClient, codes: Sequence[str]) -> list[str]:
    """Return those of the codes that the API knows."""
    known = []
    for code in codes:
        try:
            await client.licenses.get(LicenseKey(code))
        except NotFoundError:
            continue
        known.append(code)
    return known
