"""The public names of the package: what a program that uses the client imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import jpmanage_tui

SOURCE = Path(jpmanage_tui.__file__)


def imported_for_types() -> dict[str, str]:
    """Return the module of each name that type checkers see in the package."""
    (block,) = (node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.If))
    return {
        alias.asname or alias.name: node.module or ""
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("name", jpmanage_tui.__all__)
def test_a_public_name_can_be_imported_and_says_what_it_is(name: str) -> None:
    value = getattr(jpmanage_tui, name)
    if name == "__version__":
        return
    module = imported_for_types()[name]
    assert getattr(sys.modules[module], name) is value
    assert getattr(value, "__doc__", None), name


def test_type_checkers_see_the_names_that_are_public() -> None:
    assert {*imported_for_types(), "__version__"} == set(jpmanage_tui.__all__)


def test_every_error_of_the_client_is_public() -> None:
    from jpmanage_tui.api import errors

    tree = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ApiError)
    }
    assert tree <= set(jpmanage_tui.__all__)


def test_what_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'requestor_of'"):
        jpmanage_tui.requestor_of  # noqa: B018 -- reading it is the test
    assert set(dir(jpmanage_tui)) == set(jpmanage_tui.__all__)


def test_importing_the_package_loads_nothing_else_of_it() -> None:
    program = (
        "import sys, jpmanage_tui; print(*(name for name in sys.modules if name.startswith('jpmanage_tui')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"jpmanage_tui", "jpmanage_tui.version"}
    packages = (
        "import sys, jpmanage_tui; print(*{'httpx', 'pydantic', 'textual', 'asyncio'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", packages], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
