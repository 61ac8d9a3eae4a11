"""A small writer of PDF: pages of text lines in Helvetica, which every reader can show and extract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842
"""A4 in points."""
LEFT, TOP, LEADING = 50, 780, 16
LINES_PER_PAGE = 44


@dataclass(frozen=True)
class Line:
    """One line of text: pieces at horizontal positions (points from the left edge), in one size."""

    pieces: Sequence[tuple[int, str]]
    size: int = 10
    bold: bool = False


def text_line(text: str, *, size: int = 10, bold: bool = False) -> Line:
    """Return a line that begins at the left margin."""
    return Line(((LEFT, text),), size, bold)


def document(title: str, lines: Sequence[Line], padding: int = 0) -> bytes:
    """Return a PDF of `lines`, as many pages as they need, `padding` bytes longer than it has to be.

    Letters outside Windows-1252 become question marks.
    """
    pages = [lines[start : start + LINES_PER_PAGE] for start in range(0, len(lines), LINES_PER_PAGE)] or [()]
    # Objects 1 to 5 are catalog, page tree, two fonts and the title; each page then has two of its own.
    kids = " ".join(f"{6 + 2 * place} 0 R" for place in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        _font("Helvetica"),
        _font("Helvetica-Bold"),
        b"<< /Title " + _string(title) + b" /Producer (jpmanage sandbox) >>",
    ]
    for place, page in enumerate(pages):
        objects.append(_page(7 + 2 * place))
        content = _content(page)
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return _assemble(objects, padding)


def _font(name: str) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()


def _page(content: int) -> bytes:
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {content} 0 R"
        " /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
    ).encode()


def _content(lines: Sequence[Line]) -> bytes:
    parts = [b"BT"]
    height = TOP
    for line in lines:
        parts.append(f"/F{2 if line.bold else 1} {line.size} Tf".encode())
        parts += [b"1 0 0 1 %d %d Tm %b Tj" % (x, height, _string(text)) for x, text in line.pieces]
        height -= LEADING
    return b"\n".join([*parts, b"ET"])


def _string(text: str) -> bytes:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return b"(" + escaped.encode("cp1252", "replace") + b")"


def _assemble(objects: Sequence[bytes], padding: int) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    if padding:
        out += b"%" + b"." * padding + b"\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)
