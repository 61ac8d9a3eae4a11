"""Libraries without those of their parts that the start does not need."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import typing_extensions

_PALETTE = "textual.command"
_COMPILE = "_create_fn"
_PLUGINS = "pydantic.plugin._loader"
_ZONES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")
"""Where Python looks for time zones, unless it was built to look elsewhere."""
_NAMES = ("CommandListItem", "CommandPalette", "DiscoveryHit", "Hit", "Hits", "Provider", "SimpleProvider")
"""What the modules of Textual that an app needs take from it."""


def load_textual() -> None:
    """Import `textual.app` without the command palette that Textual brings along: this app has its own.

    With it come the input, select, option and tree widgets, a tenth of what the import takes. While `textual.app` is
    loaded, classes of the same names stand for it; who asks for the palette later gets the real one. Where Textual is
    loaded already, or needs more of the palette, nothing is saved and nothing lost.
    """
    if "textual.app" in sys.modules or _PALETTE in sys.modules:
        return
    stand_in = ModuleType(_PALETTE)
    for name in _NAMES:
        setattr(stand_in, name, type(name, (), {"__module__": _PALETTE}))
    sys.modules[_PALETTE] = stand_in
    try:
        import_module("textual.app")
    except ImportError:
        pass  # another Textual than the one this was made for: it is loaded as a whole when it is needed
    finally:
        del sys.modules[_PALETTE]


def leave_out_pydantic_plugins() -> None:
    """Let pydantic look for no plugins, which it does in every installed package; none is needed.

    Its own switch would still load what reads packages.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if _PLUGINS not in sys.modules:
        stand_in = sys.modules[_PLUGINS] = ModuleType(_PLUGINS)
        setattr(stand_in, "get_plugins", tuple)  # noqa: B010 - a module has no such attribute for mypy


class _PlainDict:
    """Stands for `TypedDict`: what is derived from it makes a dict, and knows no types."""

    def __init_subclass__(cls, total: bool = True) -> None:
        del total

    def __new__(cls, **members: object) -> Any:
        return members


class _Method:
    """Makes methods of dataclasses that are compiled by their first call."""

    def __init__(self, compiled: Callable[..., Callable[..., Any]]) -> None:
        """`compiled` compiles one."""
        self.compiled = compiled

    def __call__(self, name: str, *source: Any, **namespace: Any) -> Callable[..., Any]:
        """Return the method `name` of this source, as the function that it takes the place of does."""
        method: Callable[..., Any] | None = None

        def later(*values: Any, **named: Any) -> Any:
            nonlocal method
            if method is None:
                method = self.compiled(name, *source, **namespace)
            return method(*values, **named)

        later.__name__ = name
        return later


def compile_dataclasses_when_used() -> None:
    """Let the methods of dataclasses that are declared from now on be compiled by their first call.

    A frozen one has six, and most of them are never called; before Python 3.13 each is compiled for itself, which is a
    fifth of what loading pydantic and httpx takes. `compile_dataclasses_at_once` ends it.
    """
    compiled = vars(dataclasses).get(_COMPILE)
    if compiled is not None and not isinstance(compiled, _Method):
        vars(dataclasses)[_COMPILE] = _Method(compiled)


def compile_dataclasses_at_once() -> None:
    """Let dataclasses be as ever again; those declared meanwhile stay as they are."""
    compiled = vars(dataclasses).get(_COMPILE)
    if isinstance(compiled, _Method):
        vars(dataclasses)[_COMPILE] = compiled.compiled


def load_zoneinfo() -> None:
    """Import `zoneinfo`, which pydantic does, without asking how Python was built where time zones lie.

    That takes as long as a tenth of pydantic, and the answer is the same wherever Python was not moved.
    """
    if "zoneinfo" in sys.modules or "PYTHONTZPATH" in os.environ:
        return
    os.environ["PYTHONTZPATH"] = os.pathsep.join(_ZONES)
    try:
        import_module("zoneinfo")
    finally:
        del os.environ["PYTHONTZPATH"]


def load_core_schema() -> None:
    """Import what pydantic calls its core schema without making classes of its ninety typed dicts.

    They are for type checkers, and take a third of what importing pydantic takes.
    """
    kept = vars(typing_extensions)["TypedDict"]
    vars(typing_extensions)["TypedDict"] = _PlainDict
    try:
        import_module("pydantic_core.core_schema")
    finally:
        vars(typing_extensions)["TypedDict"] = kept


def load_when_used(*names: str) -> None:
    """Let modules that a library imports at its start be loaded when something of them is first asked for.

    Only for those that are imported whole (``import certifi``): what is taken from a module loads it at once.
    """
    for name in names:
        found = find_spec(name) if name not in sys.modules else None
        if found is not None:
            sys.modules[name] = _Later(name, found)


class _Later(ModuleType):
    """Stands for a module that is loaded when something of it is asked for.

    `importlib.util.LazyLoader` does not serve: a second import of the module already loads it there.
    """

    def __init__(self, name: str, spec: ModuleSpec) -> None:
        super().__init__(name)
        self.__spec__ = spec

    def __getattr__(self, attribute: str) -> Any:
        """Load the module, and take it from there."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribute)
