"""What can be reached from an object: for tests of what a program must have let go of."""

from __future__ import annotations

import gc
import sys
from collections import deque
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType

_OUTSIDE = ("jpmanage_tui.sandbox", "tests.")
"""What stands for the other side of the line, and the tests themselves."""


def reachable(root: object) -> Iterator[tuple[object, tuple[str, ...]]]:
    """Yield every object that is reached from `root`, with the names of the types on the way to it.

    Modules and classes are not followed, and of a function only what it closes over: from its module everything would
    be reached. Values that the garbage collector does not look at (strings, bytes, numbers) are yielded too.
    """
    globals_of_modules = {id(vars(module)) for module in list(sys.modules.values())}
    seen = {id(root)} | globals_of_modules
    kept: list[object] = []  # or an id might be given twice
    line: deque[tuple[object, tuple[str, ...]]] = deque([(root, ())])
    while line:
        thing, way = line.popleft()
        kept.append(thing)
        yield thing, way
        here = (*way, type(thing).__qualname__)
        for other in _referents(thing):
            if id(other) not in seen and not _is_outside(other):
                seen.add(id(other))
                line.append((other, here))


def _referents(thing: object) -> list[object]:
    if isinstance(thing, ModuleType | type | BuiltinFunctionType):
        return []
    if isinstance(thing, FunctionType):
        cells = [cell.cell_contents for cell in thing.__closure__ or () if _is_filled(cell)]
        return [*cells, *(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
    return list(gc.get_referents(thing))


def _is_filled(cell: object) -> bool:
    try:
        cell.cell_contents  # type: ignore[attr-defined]  # noqa: B018 - an empty one raises
    except ValueError:
        return False
    return True


def _is_outside(thing: object) -> bool:
    if isinstance(thing, ModuleType | type):
        return True
    return type(thing).__module__.startswith(_OUTSIDE)
