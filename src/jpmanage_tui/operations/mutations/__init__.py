"""All mutations, a module for each noun. To import this package registers every one of them.

A new mutation is a class in one of these modules. A new module is imported here.
"""

from __future__ import annotations

from jpmanage_tui.operations.mutations import account, cards, invoices, licenses, sites

__all__ = ["account", "cards", "invoices", "licenses", "sites"]
