"""A widget of one or a few lines that are painted directly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget


def clip(text: str, width: int) -> str:
    """Return `text` in at most `width` terminal cells, with an ellipsis where something was cut off."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    if width == 1:
        return "…"
    return set_cell_size(text, width - 1).rstrip() + "…"


def clip_words(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, cut between two words where it is too long, with an ellipsis."""
    cut = clip(text, width)
    if cut == text or " " not in cut or text[len(cut) - 1 : len(cut)] in ("", " "):
        return cut
    return f"{cut[:-1].rpartition(' ')[0].rstrip()}…"


def clip_address(text: str, width: int, tag: str = "") -> str:
    """Return a site's address in at most `width` cells; what is cut off is cut out of its middle.

    Its beginning and its end tell it from others: a port and a path stay, and with them the end of the host, where
    agencies number their sites. `tag` stands behind it in full, as long as it fits at all.
    """
    if tag:
        room = width - cell_len(tag) - 1
        return f"{clip_address(text, room)} {tag}" if room > 0 else clip(tag, width)
    if cell_len(text) <= width:
        return text
    start = text.find("://") + 3 if "://" in text else 0
    path = min((place for sign in ":/?" if (place := text.find(sign, start)) > 0), default=len(text))
    behind = cell_len(text[path:])
    tail = _end_of(text, min(behind + max(0, width - 1 - behind) * 3 // 7, width * 2 // 3))
    return clip(text, width - cell_len(tail)) + tail


def _end_of(text: str, width: int) -> str:
    """Return as many of the last characters of `text` as fit in `width` cells."""
    start, room = len(text), width
    while start and (size := cell_len(text[start - 1])) <= room:
        start, room = start - 1, room - size
    return text[start:]


def pad_address(text: str, width: int, tag: str = "") -> str:
    """Return a site's address in exactly `width` cells: clipped as `clip_address` does, or filled with spaces."""
    return set_cell_size(clip_address(text, width, tag), width) if width > 0 else ""


def pad(text: str, width: int) -> str:
    """Return `text` in exactly `width` terminal cells: clipped with an ellipsis, or filled with spaces."""
    return set_cell_size(clip(text, width), width) if width > 0 else ""


def pad_middle(text: str, width: int) -> str:
    """Return a name in exactly `width` cells; cut in its middle, since names of one account often begin alike."""
    if cell_len(text) <= width or width < 5:
        return pad(text, width)
    tail = _end_of(text, (width - 1) // 2)
    return pad(clip(text, width - cell_len(tail)) + tail, width)


def pad_end(text: str, width: int) -> str:
    """Return a text in exactly `width` cells, without its beginning where it is too long: numbers differ at the end."""
    if cell_len(text) > width:
        text = "…" + next((text[n:] for n in range(1, len(text)) if cell_len(text[n:]) < width), "")
    return pad(text, width)


def pad_name(text: str, width: int) -> str:
    """Return a name in exactly `width` cells; where it is cut, a size at its end stays ("… (10GB)")."""
    if cell_len(text) <= width:
        return pad(text, width)
    head, _, tail = text.rpartition(" ")
    room = width - cell_len(tail) - 1
    if any(character.isdigit() for character in tail) and room >= width // 2:
        return pad(f"{clip(head, room)} {tail}", width)
    return pad(text, width)


def strip_of(parts: Iterable[tuple[str, Style]], width: int, fill: Style) -> Strip:
    """Return a strip of exactly `width` cells made of (text, style) parts; `fill` paints what is left over."""
    segments: list[Segment] = []
    left = width
    for text, style in parts:
        if left <= 0:
            break
        size = cell_len(text)
        if size > left:
            text, size = clip(text, left), left
            text = set_cell_size(text, left)
        segments.append(Segment(text, style))
        left -= size
    if left > 0:
        segments.append(Segment(" " * left, fill))
    return Strip(segments, width)


class Line(Widget):
    """A one-line widget: a subclass says in `parts` what stands on it."""

    DEFAULT_CSS = """
    Line { height: 1; width: 1fr; }
    """

    def parts(self, width: int) -> Sequence[tuple[str, Style]]:
        """Return what stands on the line, as (text, style) pairs for at most `width` cells."""
        raise NotImplementedError

    def style(self, name: str) -> Style:
        """Return the style of one of the widget's component classes."""
        return self.get_component_rich_style(name)

    def render_line(self, y: int) -> Strip:
        """Return the painted line (Textual's line API)."""
        width = self.content_size.width
        return strip_of(self.parts(width), width, self.rich_style)
