"""Every screen looks as its committed picture; `make screenshots` draws them anew when a change was meant."""

import re
from collections import Counter

import pytest

from tests.snapshots.draw import FOLDER, draw, path_of
from tests.snapshots.scene import USUAL_SIZES, Scene
from tests.snapshots.scenes import SCENES
from tests.snapshots.shell import SHELL, draw_shell

WITHOUT_ROWS = ("-error", "-empty", "-loading", "-unread", "-refused", "-nothing-found")
DRAWN_QUICKLY = ("licenses-", "operations-")


def _committed(name: str, size: str) -> str:
    path = path_of(name, size)
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _marks(scene: Scene) -> tuple[pytest.MarkDecorator, ...]:
    """A section that has no rows looks as Licenses and Operations do without rows, but for its words."""
    name = scene.names[0]
    return (pytest.mark.slow,) if name.endswith(WITHOUT_ROWS) and not name.startswith(DRAWN_QUICKLY) else ()


@pytest.mark.parametrize(
    ("scene", "size"),
    [
        pytest.param(scene, size, id=f"{scene.names[0]}-{size}", marks=_marks(scene))
        for scene in SCENES
        for size in scene.sizes
    ],
)
async def test_the_screen_looks_as_its_picture(scene: Scene, size: str) -> None:
    drawn = await draw(scene, size)
    other = [name for name, svg in drawn.items() if svg != _committed(name, size)]
    assert not other, f"{other} look otherwise: make screenshots, then look at the change"


@pytest.mark.pty
@pytest.mark.parametrize("size", USUAL_SIZES)
@pytest.mark.parametrize("name", SHELL)
def test_the_shell_looks_as_its_picture(name: str, size: str) -> None:
    looks_otherwise = draw_shell(SHELL[name], size) != _committed(name, size)
    assert not looks_otherwise, f"{name} looks otherwise: make screenshots, then look at the change"


def test_there_is_one_picture_of_each_name_and_size_and_none_besides() -> None:
    taken = Counter([*(name for scene in SCENES for name in scene.names), *SHELL])
    assert {name: count for name, count in taken.items() if count > 1} == {}
    paths = {path_of(name, size) for scene in SCENES for name in scene.names for size in scene.sizes}
    paths |= {path_of(name, size) for name in SHELL for size in USUAL_SIZES}
    assert paths == set(FOLDER.glob("*.svg"))


def test_no_picture_refers_to_another_host() -> None:
    for path in FOLDER.glob("*.svg"):
        svg = path.read_text(encoding="utf-8")
        assert not re.search(r"url\(['\"]?https?:|@import|href=", svg), path.name
