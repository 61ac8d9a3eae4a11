"""Products and prices."""

from jpmanage_tui.api.model import ReadRows, read_rows
from jpmanage_tui.api.models.product import ProductFamily
from jpmanage_tui.api.request import LICENSING, ApiRequest
from jpmanage_tui.api.requestor import Requestor
from jpmanage_tui.api.tokens import TokenKind


class ProductsResource:
    """Product families. Every method raises a subclass of ApiError; the families returned know how many rows (families,
    products, sizes of bundles) were left out, since they could not be read.
    """

    def __init__(self, requestor: Requestor) -> None:
        self._requestor = requestor

    async def partner_families(self) -> ReadRows[ProductFamily]:
        """Return the families with the partner's own prices (partner key's token)."""
        return await self._families("partner/product-families", TokenKind.KEY)

    async def families(self) -> ReadRows[ProductFamily]:
        """Return the families without prices (no token)."""
        return await self._families("product-families", TokenKind.NONE)

    async def public_families(self) -> ReadRows[ProductFamily]:
        """Return the families with public prices (no token)."""
        return await self._families("public/manage-pricing", TokenKind.NONE)

    async def _families(self, route: str, token: TokenKind) -> ReadRows[ProductFamily]:
        answer = await self._requestor.send(ApiRequest("GET", f"{LICENSING}/{route}", token))
        rows = answer.rows()
        families, unreadable = read_rows(ProductFamily, rows)
        if rows and not families:
            answer.unreadable(f"none of the {len(rows)} product families in it is one")
        return ReadRows(families, unreadable + sum(family.unreadable for family in families))
