"""Composes only what changed: of a partial update, stock Textual renders every widget between its parts as well.

A cursor that moves changes two cells at the top of the screen and two lines at its foot; what stands between them,
most of the widgets, need not be asked.
"""

from __future__ import annotations

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget


class NarrowCompositor(Compositor):
    """A Compositor that renders, for a partial update, the widgets that some changed region touches."""

    _narrowed_to: tuple[Region, ...] | None = None

    @property
    def visible_widgets(self) -> dict[Widget, tuple[Region, Region]]:
        """The widgets with their regions and clips; during a partial update those that it touches."""
        widgets = super().visible_widgets
        changed = self._narrowed_to
        if changed is None:
            return widgets
        return {
            widget: (region, clip)
            for widget, (region, clip) in widgets.items()
            if any(one.overlaps(clip) and one.overlaps(region) for one in changed)
        }

    def render_partial_update(self) -> ChopsUpdate | None:
        """Return what changed, as stock does, None where nothing did."""
        _ = self.cuts  # computed from all widgets, and kept
        self._narrowed_to = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._narrowed_to = None


def narrow(screen: Screen[object]) -> None:
    """Let a screen compose in this way from now on, if it composes as stock does."""
    if type(screen._compositor) is Compositor:
        screen._compositor.__class__ = NarrowCompositor
