"""The structure of the source: imports go one way, what has no screen loads no Textual, nothing of others is patched.

The layers themselves are contracts of import-linter (pyproject.toml).
"""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest
from textual._compositor import Compositor
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.scroll_view import ScrollView

from jpmanage_tui.ui.terminal.seams import SEAMS

SOURCE = Path(__file__).parents[1] / "src"
PACKAGE = "jpmanage_tui"
WITHOUT_SCREEN = ("account", "services", "operations", "rules", "api", "config")
TERMINAL = SOURCE / PACKAGE / "ui" / "terminal"
"""The one place with seams in Textual."""
MADE_TO_BE_SET = ("sys.excepthook", "sys.stdin", "sys.stdout", "sys.stderr")
"""Attributes of others that their documentation lets a program set."""


def module_name(path: Path) -> str:
    """Return the dotted name of a source file."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in sorted((SOURCE / PACKAGE).rglob("*.py"))}


def imports_of(path: Path) -> Iterator[str]:
    """Yield every module of ours that a file imports: at its top, in a function, and for type checking only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                if name in MODULES:
                    yield name
                elif node.module in MODULES:
                    yield node.module


def import_graph() -> dict[str, set[str]]:
    """Return which modules each module imports."""
    return {name: set(imports_of(path)) - {name} for name, path in MODULES.items()}


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the cycles of a graph, each with all of its nodes (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        path.append(node)
        for other in sorted(graph[node]):
            if other not in order:
                visit(other)
                lowest[node] = min(lowest[node], lowest[other])
            elif other in path:
                lowest[node] = min(lowest[node], order[other])
        if lowest[node] == order[node]:
            start = path.index(node)
            part = path[start:]
            del path[start:]
            if len(part) > 1:
                found.append(sorted(part))

    for node in graph:
        if node not in order:
            visit(node)
    return found


def test_a_cycle_is_found_with_all_of_its_modules_and_nothing_else_is_one() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": set()}
    assert cycles(graph) == [["a", "b", "c"]]
    assert cycles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_no_import_leads_back_to_where_it_came_from() -> None:
    """Imports for type checking, and those in functions, count: a reader follows them too."""
    found = cycles(import_graph())
    assert not found, "\n".join(" <-> ".join(part) for part in found)


LOAD_ALL = """
import sys
sys.modules["click"] = None  # else httpx loads its own command line, and that loads rich
from importlib import import_module
for name in {modules!r}:
    import_module(name)
roots = {{name.partition(".")[0] for name in sys.modules if sys.modules[name] is not None}}
print(*sorted(roots & {{"textual", "rich"}}))
print(*sorted(name for name in sys.modules if name.startswith("jpmanage_tui.ui")))
"""


@pytest.mark.parametrize("package", WITHOUT_SCREEN)
def test_what_has_no_screen_loads_neither_textual_nor_rich_nor_the_user_interface(package: str) -> None:
    inside = f"{PACKAGE}.{package}"
    modules = [name for name in MODULES if name == inside or name.startswith(f"{inside}.")]
    done = subprocess.run(
        [sys.executable, "-c", LOAD_ALL.format(modules=modules)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], "it loads these"


def foreign_names(tree: ast.Module) -> set[str]:
    """Return the names that a file has from other packages, the standard library among them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {
                alias.asname or alias.name.partition(".")[0]
                for alias in node.names
                if not alias.name.startswith(PACKAGE)
            }
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith(PACKAGE):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def root_of(node: ast.expr) -> str | None:
    """Return the name with which an expression like `a.b[0].c` begins, None where it is none of this kind."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def is_table_of_another(node: ast.expr, foreign: set[str]) -> bool:
    """Return whether an expression is the table of loaded modules, or that of another package's names."""
    match node:
        case ast.Attribute(value=value, attr="__dict__"):
            return root_of(value) in foreign
        case ast.Call(func=ast.Name(id="vars"), args=[value]):
            return root_of(value) in foreign
    return ast.unparse(node) == "sys.modules"


def changes_another(node: ast.expr, foreign: set[str]) -> bool:
    """Return whether a call, or being assigned to, changes another package: its names, or that it is loaded."""
    match node:
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[value, *_]):
            return root_of(value) in foreign
        case ast.Call(func=ast.Attribute(value=table, attr="pop" | "setdefault" | "update" | "clear")):
            return is_table_of_another(table, foreign)
        case ast.Subscript(value=table):
            return is_table_of_another(table, foreign)
        case ast.Attribute():
            return root_of(node) in foreign and ast.unparse(node) not in MADE_TO_BE_SET
    return False


def patches_in(source: str) -> Iterator[str]:
    """Yield the statements of a file that change another package: its attributes, or the table of loaded modules."""
    tree = ast.parse(source)
    foreign = foreign_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call):
            targets = [node]
        else:
            continue
        if any(changes_another(target, foreign) for target in targets):
            yield f"{node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize(
    "source",
    [
        "import dataclasses\ndataclasses._create_fn = None",
        "import typing_extensions as more\nmore.TypedDict = dict",
        "from httpx import Client\nClient._send = print",
        "import sys\nsys.modules['click'] = None",
        "import sys\nsys.modules.pop('click', None)",
        "import httpx\nsetattr(httpx._client, 'x', 1)",
        "import httpx\ndel httpx.get",
        "import typing_extensions\nvars(typing_extensions)['TypedDict'] = dict",
        "import httpx\nhttpx.Client.__dict__['get'] = print",
    ],
)
def test_a_patch_of_another_package_is_found(source: str) -> None:
    assert len(list(patches_in(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nloaded = sys.modules['click']",
        "import os\nos.environ['TERM'] = 'xterm'",
        "class A:\n    def __init__(self):\n        self._x = 1",
        "from jpmanage_tui.config import paths\npaths.HOME = None",
    ],
)
def test_what_is_ones_own_is_no_patch(source: str) -> None:
    assert list(patches_in(source)) == []


def test_nothing_of_another_package_is_patched_outside_the_terminal_layer() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{patch}"
        for path in MODULES.values()
        if not path.is_relative_to(TERMINAL)
        for patch in patches_in(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


PRINT_OVERRIDES = """
import sys
from importlib import import_module
from types import FunctionType
for name in {modules!r}:
    import_module(name)
for name in {modules!r}:
    for kind in vars(sys.modules[name]).values():
        if not isinstance(kind, type) or kind.__module__ != name:
            continue
        private = [one for one, value in vars(kind).items()
                   if one.startswith("_") and not one.startswith(("__", "_on_")) and isinstance(value, FunctionType)]
        for base in kind.__mro__[1:]:
            if base.__module__.partition(".")[0] in ("textual", "rich", "httpx", "httpcore", "pydantic"):
                for one in private:
                    if one in vars(base):
                        print(f"{{name}}.{{kind.__name__}}.{{one}}")
"""


def test_no_private_method_of_another_package_is_overridden_outside_the_terminal_layer() -> None:
    """A handler of Textual's (`_on_key`) is none: it is called for every class that has one, not overridden."""
    modules = [
        name
        for name, path in MODULES.items()
        if not path.is_relative_to(TERMINAL) and not name.endswith("__main__")
    ]
    done = subprocess.run(
        [sys.executable, "-c", PRINT_OVERRIDES.format(modules=modules)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def private_names(cls: type) -> set[str]:
    """Return the private names that a class of Textual and its bases there define or set on themselves."""
    names: set[str] = set()
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] == "textual":
            names |= set(vars(base))
            for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(base)))):
                if (
                    isinstance(node, ast.Attribute)
                    and isinstance(node.ctx, ast.Store)
                    and ast.unparse(node.value) == "self"
                ):
                    names.add(node.attr)
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


def uses_of(names: set[str], path: Path) -> set[str]:
    """Return which of these names a file reads, sets or defines as a method, its own attributes left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return names & (defined | named)


def test_the_terminal_layer_lists_every_private_name_of_textual_that_it_uses() -> None:
    textuals = set().union(
        *(private_names(cls) for cls in (App, Screen, Compositor, LinuxDriver, ScrollView))
    )
    used = set().union(*(uses_of(textuals, path) for path in TERMINAL.glob("*.py")))
    handlers = {"_on_unmount"}  # called for every class that has one, not overridden
    listed = {
        name for seam in SEAMS for name in (*seam.names, *seam.methods) if not seam.owner.startswith("rich")
    }
    assert used - handlers == {name for name in listed if name.startswith("_")}


def test_a_seam_says_what_it_is_for_and_what_happens_without_it() -> None:
    for seam in SEAMS:
        assert seam.names or seam.methods
        assert seam.purpose
        assert seam.fallback
        for name in seam.methods:
            cls = getattr(import_module(seam.owner.rpartition(".")[0]), seam.owner.rpartition(".")[2])
            assert hasattr(cls, name) or any(hasattr(base, name) for base in cls.__mro__), name
