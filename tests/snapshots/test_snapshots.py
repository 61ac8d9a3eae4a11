"""Every screen looks as its committed picture; `make screenshots` draws them anew when a change was meant."""

import re

import pytest

from tests.snapshots.draw import SIZES, draw, path_of
from tests.snapshots.scenes import SCENES, Scene


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_the_screen_looks_as_its_picture(scene: Scene, size: str) -> None:
    path = path_of(scene, size)
    assert path.exists(), f"{path.name} is not drawn yet: make screenshots"
    assert await draw(scene, size) == path.read_text(encoding="utf-8"), (
        "make screenshots, then look at the change"
    )


def test_no_picture_refers_to_another_host() -> None:
    for scene in SCENES:
        for size in SIZES:
            svg = path_of(scene, size).read_text(encoding="utf-8")
            assert not re.search(r"url\(['\"]?https?:|@import|href=", svg), path_of(scene, size).name
