"""The man pages: all commands have one, they are as the parser is, and roff can read them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from jpmanage_tui.cli.generated_files import COMPLETIONS, generated_files, main
from jpmanage_tui.cli.man_pages import man_pages
from tests.cli.shells import ROOT, whole_tree


def test_every_command_has_a_page_with_its_options_fields_and_examples() -> None:
    tree = whole_tree()
    pages = man_pages(tree)
    assert len(pages) == len(list(tree))
    for node in tree:
        page = pages["-".join(("jpmanage", *node.path.split())) + ".1"].replace("\\-", "-")
        for option in node.options:
            assert all(name in page for name in option.names)
        for field in node.fields:
            assert f"\\fB{field.name}\\fR" in page
        if node.command is not None:
            assert page.count(".nf") == len(node.command.examples)
        assert page.isascii()


def test_the_pages_are_those_of_the_package() -> None:
    files = {path: text for path, text in generated_files(whole_tree()).items() if path.startswith("man/")}
    there = {f"man/{path.name}": path.read_text() for path in (ROOT / "man").iterdir()}
    assert there == files, "`make completions` writes them anew"


def test_neither_the_day_nor_the_terminal_is_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from jpmanage_tui.cli import registry
    from jpmanage_tui.cli.command_tree import command_tree

    whole_tree()
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert generated_files(command_tree(registry.parser())) == generated_files(whole_tree())
    assert not re.search(r"\b20[2-9]\d-\d\d-\d\d\b", man_pages(whole_tree())["jpmanage.1"])


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_roff_reads_them_without_a_warning() -> None:
    pages = "".join(man_pages(whole_tree()).values())
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=80n"],
        input=pages, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "jpmanage licenses list [OPTION]..." in done.stdout


def test_the_package_installs_all_of_them() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shared = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert set(shared) == {*COMPLETIONS.values(), "man"}
    assert shared["man"] == "share/man/man1"


def test_they_are_written_anew_and_those_of_no_command_go(tmp_path: Path) -> None:
    whole_tree()
    root = tmp_path
    (root / "man").mkdir()
    (root / "man" / "jpmanage-fly.1").touch()
    assert main(root) == 0
    assert not (root / "man" / "jpmanage-fly.1").exists()
    written = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert written == set(generated_files(whole_tree()))
