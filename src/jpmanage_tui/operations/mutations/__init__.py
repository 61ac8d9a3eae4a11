"""All mutations, a module for each noun. To import this package registers every one of them.

A new mutation is a class in one of these modules. A new module is imported here.
"""

from __future__ import annotations

from typing import Any

from jpmanage_tui.operations.mutation import MUTATIONS, Mutation
from jpmanage_tui.operations.mutations import account, cards, invoices, licenses, sites

__all__ = ["account", "cards", "invoices", "licenses", "mutation_from_json", "sites"]


def mutation_from_json(kind: str, text: str, version: int = 1) -> Mutation[Any]:
    """Return the mutation of ``kind`` that ``Mutation.to_json`` wrote as ``text``, in the ``version`` of its payload.

    Raises:
        ValueError: the kind or the version is not known, or the text is not such a mutation.

    """
    if kind not in MUTATIONS:
        raise ValueError(f"{kind!r} is no kind of change")
    if version > MUTATIONS[kind].payload_version:
        raise ValueError(f"{kind!r} in a newer form, {version}")
    return MUTATIONS[kind].from_json(text)
