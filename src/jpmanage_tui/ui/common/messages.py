"""A typed message, cheap to declare: the screens have some sixty kinds of them."""

from __future__ import annotations

from inspect import get_annotations
from typing import Any, ClassVar, dataclass_transform

from textual.message import Message


@dataclass_transform()
class DataMessage(Message):
    """A message that carries the fields its class declares, given by position or by name; a default may stand beside one.

    A dataclass to who uses it and to the type checker. Unlike one it compiles nothing when its module is loaded, which
    takes half a millisecond a class, and is waited for where the module belongs to the first screen.
    """

    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """Note the fields of a new kind."""
        super().__init_subclass__(**options)
        cls._names += tuple(get_annotations(cls))

    def __init__(self, *values: Any, **named: Any) -> None:
        """Take a value for each field. Raises TypeError where one is missing, or there is no such field."""
        super().__init__()
        given = dict(zip(self._names, values, strict=False)) | named
        if len(values) + len(named) != len(given) or not given.keys() <= set(self._names):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(self._names)}")
        for name in self._names:
            if name in given:
                setattr(self, name, given[name])
            elif not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} needs {name}")
