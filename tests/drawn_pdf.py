"""Makes small PDFs by hand, with the places of their words, form fields and rules as a test wants them; no font is
embedded."""

from __future__ import annotations

from collections.abc import Sequence

from documents import pdf_of_objects

FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts ["
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>] >>"
)

Words = tuple[float, float, str]
"""Where words begin, from the lower left corner of the page, and the words."""


def drawn_pdf(words: Sequence[Words], size: float = 12, more: bytes = b"", annotations: Sequence[bytes] = ()) -> bytes:
    """Give a page that draws `words` in this order, then `more` operators, with `annotations` on it."""
    shown = b"".join(f"1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ".encode() for x, y, text in words)
    content = f"BT /F1 {size} Tf ".encode() + shown + b"ET " + more
    listed = b"/Annots [" + b" ".join(annotations) + b"]" if annotations else b""
    return pdf_of_objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> "
        + listed + b" >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        FONT,
    )  # fmt: skip


def form_field(value: str, left: float, bottom: float, kind: str = "Tx", more: str = "") -> bytes:
    """Give a filled field of a form, 200 by 20 points."""
    written = f"/V <FEFF{value.encode('utf-16-be').hex()}>" if kind != "Btn" else ""
    return (
        f"<< /Type /Annot /Subtype /Widget /FT /{kind} /T (a) {written} {more} /F 4 "
        f"/Rect [{left} {bottom} {left + 200} {bottom + 20}] >>"
    ).encode()
