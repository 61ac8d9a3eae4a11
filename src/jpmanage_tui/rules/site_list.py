"""Lists of sites that the user gives: how a paste or a file is read, and which connected site each line means.

What is unclear is never guessed: a line that could mean two sites, or none, says so and names those that are near.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.api.text import sanitize_text, to_punycode, typed
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.search.fold import fold
from jpmanage_tui.rules.sites import Address, read_address, site_name
from jpmanage_tui.rules.text import pluralize

MOST_LINES = 10_000
"""Lines of a list; more are refused as a whole, so that none is left out unseen."""
MOST_QUANTITY = 1_000
"""Licenses that one line may ask for."""
MOST_NEAR = 5
"""Sites that are named beside a line which none, or more than one, is meant by."""
_COLUMNS: Mapping[str, str] = {
    "site": "site",
    "url": "site",
    "address": "site",
    "domain": "site",
    "siteurl": "site",
    "site url": "site",
    "site address": "site",
    "product": "product",
    "slug": "product",
    "product slug": "product",
    "quantity": "quantity",
    "qty": "quantity",
}
"""The titles that a column may have, folded, and the column it is."""
_DELIMITERS = ("\t", ";", ",")


class ListError(ValueError):
    """A list that cannot be read as a whole; its text is a sentence for the user."""


class SiteLine(NamedTuple):
    """A line of a list: its number in the text (from 1), the address and the product as they were written ('' for none),
    how many licenses, and the sentence of what is wrong with the line itself ('' for nothing).
    """

    number: int
    site: str
    product: str = ""
    quantity: int = 1
    problem: str = ""


class LineMatch(NamedTuple):
    """What a line means: the connected site and the product, None where that is unclear or not said.

    `problem` is a sentence that says what is unclear; '' where nothing is. `near` are the sites it might mean.
    """

    line: SiteLine
    site: Site | None = None
    product: Product | None = None
    problem: str = ""
    near: tuple[Site, ...] = ()


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8 with or without byte order mark, or UTF-16.

    Raises ListError where it is neither.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif (
        b"\0" in data[:200]
    ):  # no text in UTF-8 has one: UTF-16 without its mark, told apart by where they stand
        encoding = "utf-16-le" if data[1::2][:100].count(0) >= data[::2][:100].count(0) else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ListError("The list is no text in UTF-8 or UTF-16; save it as UTF-8.") from None


def read_list(text: str) -> tuple[SiteLine, ...]:
    """Return the lines of a list in which something stands.

    A line is an address, or a row of CSV with site, product and quantity, separated by commas, semicolons or tabs; a
    first row with the titles of the columns says their order. A line like an earlier one is a problem of its own.

    Raises ListError for a list without a line, with more than MOST_LINES, or with titles that name no site.
    """
    rows = _rows(text)
    if not rows:
        raise ListError("The list is empty: it has no address of a site.")
    if len(rows) > MOST_LINES:
        raise ListError(f"The list has {len(rows):,} lines; {MOST_LINES:,} are the most. Split it.")
    order = _titles(rows[0][1])
    if order is not None:
        rows = rows[1:]
        if not rows:
            raise ListError("The list has titles and no site below them.")
    lines: list[SiteLine] = []
    first: dict[tuple[Address, str], int] = {}
    for number, cells in rows:
        line = _line(number, cells, order or ("site", "product", "quantity"))
        address = read_address(line.site) or Address("", line.site, "")
        key = (address._replace(host=to_punycode(address.host).lower()), fold(line.product))
        if not line.problem and key in first:
            line = line._replace(problem=f"The same as line {first[key]}.")
        first.setdefault(key, number)
        lines.append(line)
    return tuple(lines)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank, each with the number of the line it begins in."""
    lines = text.splitlines()
    counts = {delimiter: sum(delimiter in line for line in lines) for delimiter in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda one: counts[one])
    if not counts[delimiter]:
        return [(number, [cell]) for number, line in enumerate(lines, 1) if (cell := _cell(line))]
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for row in reader:
            cells = [_cell(cell) for cell in row]
            if any(cells):
                rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ListError(f"The list cannot be read as CSV from line {begins} on: {error}.") from None
    return rows


def _cell(text: str) -> str:
    return typed(sanitize_text(text)).strip("\"' ")


def _titles(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Return the columns by a row of titles, None where the row is none.

    Raises ListError where titles name no site, or one twice.
    """
    known = [_COLUMNS.get(fold(cell).replace("_", " ").strip(), "") for cell in cells]
    if not any(known):
        return None
    named = [name for name in known if name]
    if "site" not in named:
        raise ListError("The titles of the list name no column of sites: call one “site”.")
    if len(named) != len(set(named)):
        raise ListError("The titles of the list name a column twice.")
    return tuple(known)


def _line(number: int, cells: Sequence[str], order: Sequence[str]) -> SiteLine:
    values = dict(zip(order, cells, strict=False))
    site, product, quantity = (values.get(name, "") for name in ("site", "product", "quantity"))
    if any(cells[len(order) :]):
        return SiteLine(number, site, product, problem="It has more columns than site, product and quantity.")
    if not site:
        return SiteLine(number, site, product, problem="It names no site.")
    if not quantity:
        return SiteLine(number, site, product)
    if not re.fullmatch(r"[0-9]{1,6}", quantity) or not 1 <= int(quantity) <= MOST_QUANTITY:
        return SiteLine(
            number,
            site,
            product,
            problem=f"Its quantity {quantity!r} is no number from 1 to {MOST_QUANTITY:,}.",
        )
    return SiteLine(number, site, product, int(quantity))


def _key(text: str) -> str:
    """Return what two spellings of one address have in common: host and path, without case, hosts in ASCII."""
    address = read_address(text)
    return to_punycode(address.plain).lower() if address is not None else fold(text)


class SiteMatcher:
    """Finds the connected site that an address means."""

    def __init__(self, sites: Iterable[Site]) -> None:
        """`sites` are all that are connected."""
        self._by_key: dict[str, list[Site]] = {}
        self._by_host: dict[str, list[Site]] = {}
        for site in sites:
            key = _key(site.address)
            self._by_key.setdefault(key, []).append(site)
            self._by_host.setdefault(_bare_host(key), []).append(site)

    def match(self, line: SiteLine) -> LineMatch:
        """Return the site of a line, or why there is none that is surely meant."""
        if line.problem:
            return LineMatch(line, problem=line.problem)
        address = read_address(line.site)
        if address is None:
            return LineMatch(line, problem="It is no address of a site.")
        key = _key(line.site)
        found = self._narrow(self._by_key.get(key, []), address)
        if len(found) == 1:
            return LineMatch(line, found[0])
        if found:
            names = " and ".join(site_name(site.address) for site in found[:MOST_NEAR])
            return LineMatch(line, problem=f"It may mean {names}.", near=tuple(found[:MOST_NEAR]))
        near = tuple(self._by_host.get(_bare_host(key), ())[:MOST_NEAR])
        if not near:
            return LineMatch(line, problem="It is not connected.")
        there = pluralize(len(near), "site is", "sites are")
        names = ", ".join(site_name(site.address) for site in near)
        return LineMatch(line, problem=f"It is not connected; near it {there}: {names}.", near=near)

    def _narrow(self, sites: Sequence[Site], wanted: Address) -> list[Site]:
        """Return those of several sites at one host and path that the scheme, then the path's case, tells apart."""
        left = list(sites)
        if len(left) > 1 and wanted.scheme:
            left = [site for site in left if _address(site).scheme == wanted.scheme] or left
        if len(left) > 1:
            left = [site for site in left if _address(site).path == wanted.path] or left
        return left


def _address(site: Site) -> Address:
    return read_address(site.address) or Address("", site.address, "")


def _bare_host(key: str) -> str:
    """Return the host of a key without ``www.``: what two addresses that are near each other share."""
    return key.partition("/")[0].removeprefix("www.")


def match_product(text: str, products: Iterable[Product]) -> Product | str:
    """Return the product of this slug or name; where none is surely meant, a sentence that says why."""
    wanted = fold(text).strip()
    known = tuple(products)
    for names in (
        lambda product: (product.slug,),
        lambda product: (product.name,),
        lambda product: (title(product.name),),
    ):
        found = [product for product in known if wanted in {fold(name).strip() for name in names(product)}]
        if len(found) == 1:
            return found[0]
        if found:
            return f"“{text}” may be {' or '.join(product.slug for product in found[:MOST_NEAR])}."
    return f"There is no product “{text}”."


def match_list(
    lines: Iterable[SiteLine], sites: Iterable[Site], products: Sequence[Product]
) -> tuple[LineMatch, ...]:
    """Return what each line means, in their order.

    Two lines that turn out to mean one site with one product are told too: the later one is a problem.
    """
    matcher = SiteMatcher(sites)
    matches: list[LineMatch] = []
    first: dict[tuple[int, str], int] = {}
    for line in lines:
        match = matcher.match(line)
        if not match.problem and line.product:
            product = match_product(line.product, products)
            match = (
                match._replace(problem=product)
                if isinstance(product, str)
                else match._replace(product=product)
            )
        if match.site is not None and not match.problem:
            key = (match.site.blog_id, match.product.slug if match.product is not None else "")
            if key in first:
                match = match._replace(problem=f"The same site as line {first[key]}.")
            first.setdefault(key, line.number)
        matches.append(match)
    return tuple(matches)
