"""What is left out of the libraries at the start is there when somebody asks for it, and nothing else changes."""

from __future__ import annotations

import subprocess
import sys

import pytest

START = "from jpmanage_tui.cli import lean; import sys; "


def _run(code: str) -> list[str]:
    """Run code in a new process, after `lean` is imported; return the lines that it printed."""
    ended = subprocess.run(
        [sys.executable, "-c", START + code], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def test_textual_comes_without_its_palette_and_the_palette_is_the_real_one_later() -> None:
    told = _run(
        "lean.load_textual(); print('textual.app' in sys.modules, 'textual.widgets._input' in sys.modules);"
        "from textual.command import CommandPalette; from textual.widgets import Input;"
        "print(CommandPalette.__doc__[:19], Input.__module__)"
    )
    assert told == ["True False", "The Textual command textual.widgets._input"]


@pytest.mark.parametrize("setup", ["lean._NAMES = ();", "import textual.command;", "import textual.app;"])
def test_where_nothing_can_be_left_out_textual_is_loaded_as_a_whole(setup: str) -> None:
    told = _run(
        f"{setup} lean.load_textual(); from textual.app import App; from textual.command import CommandPalette;"
        "import textual.app; print(textual.app.CommandPalette is CommandPalette)"
    )
    assert told == ["True"]


def test_pydantic_looks_for_no_plugins_and_works_without_the_classes_of_its_core_schema() -> None:
    told = _run(
        "lean.leave_out_pydantic_plugins(); lean.load_core_schema();"
        "import typing_extensions; from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError;\n"
        "class Thing(BaseModel):\n  number: int\n  names: list[str] = []\n  secret: SecretStr = SecretStr('')\n"
        "class Typed(typing_extensions.TypedDict):\n  a: int\n"
        "print(Thing(number='3', names=['x'], secret='s'), Thing.model_json_schema()['required'])\n"
        "print(TypeAdapter(Typed).validate_python({'a': '1'}), typing_extensions.is_typeddict(Typed))\n"
        "try: Thing(number='no')\n"
        "except ValidationError as error: print(error.errors()[0]['type'])\n"
        "print('importlib.metadata' in sys.modules)"
    )
    assert told == [
        "number=3 names=['x'] secret=SecretStr('**********') ['number']",
        "{'a': 1} True",
        "int_parsing",
        "False",
    ]


def test_dataclasses_that_are_compiled_late_are_dataclasses_all_the_same() -> None:
    told = _run(
        "import dataclasses; from dataclasses import dataclass, field, replace; kept = dict(vars(dataclasses))\n"
        "lean.compile_dataclasses_when_used(); lean.compile_dataclasses_when_used()\n"
        "@dataclass(frozen=True, slots=True, order=True)\n"
        "class Frozen:\n  a: int\n  b: str = 'x'\n  c: list[int] = field(default_factory=list, compare=False)\n"
        "@dataclass\n"
        "class Open(list):\n  a: int = 1\n  hidden: str = field(default='s', repr=False)\n"
        "  def __post_init__(self): self.twice = self.a * 2\n"
        "lean.compile_dataclasses_at_once()\n"
        "one, same = Frozen(1), Frozen(1, c=[3])\n"
        "print(one, Frozen(2, b='y') > one, one == same, hash(one) == hash(same))\n"
        "print(replace(Frozen(1), a=5).a, Open(3).twice, Open(3), Open(3) == Open(3))\n"
        "try: Frozen(1).a = 2\n"
        "except dataclasses.FrozenInstanceError as error: print(error)\n"
        "try: Frozen()\n"
        "except TypeError as error: print('missing' in str(error))\n"
        "print(vars(dataclasses) == kept)"
    )
    assert told == [
        "Frozen(a=1, b='x', c=[]) True True True",
        "5 6 Open(a=3) True",
        "cannot assign to field 'a'",
        "True",
        "True",
    ]


def test_time_zones_are_found_where_python_finds_them_and_the_environment_stays_as_it_was() -> None:
    told = _run(
        "import os, sysconfig; lean.load_zoneinfo(); import zoneinfo;"
        "print(list(zoneinfo.TZPATH) == sysconfig.get_config_var('TZPATH').split(os.pathsep));"
        "print('PYTHONTZPATH' in os.environ)"
    )
    assert told == ["True", "False"]
    wanted = _run(
        "import os; os.environ['PYTHONTZPATH'] = '/nowhere'; lean.load_zoneinfo(); import zoneinfo;"
        "print(zoneinfo.TZPATH, os.environ['PYTHONTZPATH'])"
    )
    assert wanted == ["('/nowhere',) /nowhere"]


def test_what_is_loaded_later_is_loaded_whole_by_the_first_use_and_can_be_imported_as_ever() -> None:
    told = _run(
        "lean.load_when_used('certifi', 'idna', 'no_such_module');"
        "import certifi, httpx; from importlib.util import find_spec; print('certifi.core' in sys.modules);"
        "print(find_spec('certifi').name, certifi.where().endswith('.pem'), 'certifi.core' in sys.modules);"
        "import idna.core; print(httpx.URL('https://münchen.example/').raw_host.decode());"
        "print('no_such_module' in sys.modules)"
    )
    assert told == ["False", "certifi True True", "xn--mnchen-3ya.example", "False"]


def test_without_arguments_nothing_is_parsed_and_the_options_have_their_defaults() -> None:
    told = _run(
        "from jpmanage_tui.cli import main; from jpmanage_tui.account.options import AppOptions;\n"
        "main._app = lambda wanted: print(wanted == AppOptions(), 'argparse' in sys.modules) or 0\n"
        "main.main([]); main.main(['--demo'])"
    )
    assert told == ["True False", "False True"]
