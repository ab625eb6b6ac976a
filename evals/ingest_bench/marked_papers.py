"""Papers that bear marks: every mark, at every place, in every format in which an office may hand it over.

The body is an ordinary notice of ours, in which the words of the marks occur in running text, so that only the mark
itself tells a marked paper from an unmarked one.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import docx
import fpdf
import openpyxl
import pypdf
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.drawing.image import Image as SheetPicture
from PIL import Image, ImageDraw, ImageFont

from evals.ingest_bench.ofd_sample import Style, ofd_of_lines, ofd_of_pictures
from evals.ingest_bench.typesetting import SetLine, set_lines
from kb.types import MarkKind, MarkPlace

FONT = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
_FACES = {"simplified": 2, "traditional": 3}  # Of the collection's five: JP, KR, SC, TC, HK.
TITLE = "东湖市民政局关于做好养老服务设施安全检查工作的通知"
# Speaks of secrets, of what is internal and of confidence without being marked, so that a finder of words alone fails.
BODY = (
    "各区、县（市）民政局，各养老服务机构：",
    "为了做好养老服务设施的安全检查，保守国家秘密，保护商业秘密和老年人的个人隐私，现将有关事项通知如下。",
    "一、检查范围",
    "全市养老机构、社区居家养老服务中心和长者食堂。检查人员不得外传检查中知悉的内部资料，国家秘密的密级分为绝密、机密、秘密三级。",
    "二、检查方法",
    "各地先行自查，市民政局组织抽查。检查表仅供检查人员填写，由各区汇总后注意保存三年。征求意见稿已经印发各单位讨论。",
    "三、时间安排",
    "自查于三月底前完成，抽查于四月进行，五月底前通报检查结果，六月底前完成整改。",
)
# As GB/T 9704 and the regulation on marks of secrecy write them, and as people do.
MARKS: tuple[tuple[MarkKind, str], ...] = (
    ("state_secret", "绝密★启用前"), ("state_secret", "机密★10年"), ("state_secret", "秘密★1年"),
    ("state_secret", "秘 密 ★ 一 年"), ("state_secret", "祕密★三年"), ("state_secret", "機　密"), ("state_secret", "秘密"),
    ("work_secret", "工作秘密"), ("work_secret", "工作秘密★3年"),
    ("internal", "内部资料"), ("internal", "内部资料　注意保存"), ("internal", "（內部文件，請勿外傳）"),
    ("restricted", "注意保存"), ("restricted", "不得外传"), ("restricted", "此件不得外传"),
    ("restricted", "仅供内部使用"), ("restricted", "（仅供参会人员使用）"),
    ("draft", "征求意见稿"), ("draft", "（送审稿）"), ("draft", "讨论稿"),
)  # fmt: skip
# Marks that a narrow column or a scanner has broken.
SPLIT: tuple[tuple[MarkKind, str], ...] = (
    ("state_secret", "秘密\n★\n1年"), ("state_secret", "秘\n密\n★\n1年"), ("state_secret", "机密\n★10年"),
    ("internal", "内部\n资料"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper and the mark that it bears; `kind` is None where it bears none."""

    name: str
    data: bytes
    kind: MarkKind | None
    place: MarkPlace


Maker = Callable[[str], bytes]


def marked_papers(marks: Sequence[tuple[MarkKind, str]] = (*MARKS, *SPLIT), pictures: bool = True) -> Iterator[Paper]:
    """Make every paper: each mark in each way of bearing it; those that need OCR take seconds to read."""
    ways = MAKERS + (PICTURED if pictures else ())
    for number, (kind, mark) in enumerate(marks):
        for name, place, make in ways:
            if "\n" in mark and place == "property":
                continue  # a property is one line
            stem, suffix = name.rsplit(".", 1)
            yield Paper(f"{number:02}-{stem}.{suffix}", make(mark), kind, place)


def unmarked_papers() -> Iterator[Paper]:
    """Make the same papers without a mark."""
    for name, place, make in MAKERS:
        stem, suffix = name.rsplit(".", 1)
        yield Paper(f"plain-{stem}.{suffix}", make(""), None, place)


def _plain_text(mark: str) -> bytes:
    return "\n".join((*_some(mark), TITLE, *BODY, "")).encode()


def _text_below(mark: str) -> bytes:
    return "\n".join((TITLE, *BODY, *_some(mark), "")).encode()


def _markdown(mark: str) -> bytes:
    return "\n\n".join((*_some(mark.replace("\n", "\n\n")), f"# {TITLE}", *BODY, "")).encode()


def _front_matter(mark: str) -> bytes:
    return f'+++\ntitle = "{TITLE}"\ndisclosure = "public"\n+++\n\n'.encode() + _markdown(mark)


def _web_page(mark: str) -> bytes:
    lines = "".join(f"<p>{html.escape(text)}</p>" for text in (*mark.split("\n"), TITLE, *BODY) if text)
    return f"<!doctype html><html><head><title>{TITLE}</title></head><body><main>{lines}</main></body></html>".encode()


def _word(change: Callable[[docx.document.Document], None], first: str = "") -> bytes:
    document = docx.Document()
    for text in (*first.split("\n"), TITLE, *BODY):
        if text:
            document.add_paragraph(text)
    change(document)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _word_text(mark: str) -> bytes:
    return _word(lambda document: None, mark)


def _word_table(mark: str) -> bytes:
    def add(document: docx.document.Document) -> None:
        table = document.add_table(1, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = mark.replace("\n", " "), "东湖市民政局文件"
        document.element.body.insert(0, table._tbl)

    return _word(add)


def _word_edge(edge: str) -> Maker:
    def add(mark: str) -> bytes:
        def write(document: docx.document.Document) -> None:
            part = getattr(document.sections[0], edge)
            part.paragraphs[0].text = mark.split("\n")[0]
            for line in mark.split("\n")[1:]:
                part.add_paragraph(line)

        return _word(write)

    return add


def _word_watermark(mark: str) -> bytes:
    def write(document: docx.document.Document) -> None:
        space = 'xmlns:v="urn:schemas-microsoft-com:vml"'
        path = f'<v:shape {space}><v:textpath string="{mark.replace(chr(10), "")}"/></v:shape>'
        run = parse_xml(f"<w:r {nsdecls('w')}><w:pict>{path}</w:pict></w:r>")
        document.sections[0].header.paragraphs[0]._p.append(run)

    return _word(write)


def _word_property(name: str) -> Maker:
    def add(mark: str) -> bytes:
        return _word(lambda document: setattr(document.core_properties, name, mark))

    return add


def _word_picture(mark: str) -> bytes:
    def write(document: docx.document.Document) -> None:
        document.paragraphs[0].insert_paragraph_before().add_run().add_picture(BytesIO(_picture_of(mark)))

    return _word(write)


def _sheet(change: Callable[[openpyxl.Workbook], None], first: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "检查表"
    for text in (*first.split("\n"), TITLE):
        if text:
            sheet.append([text])
    for row in (["机构", "床位", "结论"], ["一号院", 120, "合格"], ["二号院", 80, "整改"]):
        sheet.append(row)
    change(book)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _sheet_text(mark: str) -> bytes:
    return _sheet(lambda book: None, mark)


def _sheet_edge(name: str) -> Maker:
    def add(mark: str) -> bytes:
        return _sheet(lambda book: setattr(getattr(book.active, name).left, "text", mark or None))

    return add


def _sheet_property(mark: str) -> bytes:
    return _sheet(lambda book: setattr(book.properties, "keywords", mark or None))


def _sheet_picture(mark: str) -> bytes:
    def write(book: openpyxl.Workbook) -> None:
        book.active.add_image(SheetPicture(BytesIO(_picture_of(mark))), "F1")

    return _sheet(write)


def _pages(mark: str, where: str, count: int) -> list[list[SetLine]]:
    pages = set_lines([TITLE, *BODY * count])
    size, left = 16.0, 74.0
    for number, page in enumerate(pages):
        if where == "top" and number == 0:
            lift = 20.0 * (mark.count("\n") + 1)
            page[:0] = [SetLine(line, left, 100.0 - lift + 20.0 * n, size) for n, line in enumerate(mark.split("\n"))]
        elif where in ("header", "footer"):
            y = 50.0 if where == "header" else 800.0
            page.append(SetLine(mark.replace("\n", " "), left, y, 12.0))
    return [[line for line in page if line.text.strip()] for page in pages]


def _pdf(where: str, count: int = 1, picture: bool = False, told: str = "") -> Maker:
    def make(mark: str) -> bytes:
        document = fpdf.FPDF(format="A4", unit="pt")
        document.set_auto_page_break(False)
        document.add_font("cjk", fname=FONT, collection_font_number=_FACES["simplified"])
        for number, page in enumerate(_pages(mark, where, count)):
            document.add_page()
            for line in page:
                document.set_font("cjk", size=line.size)
                document.text(line.x, line.y, line.text)
            if picture and number == 0:
                document.image(BytesIO(_picture_of(mark)), x=74, y=20, h=30 * (mark.count("\n") + 1))
        data = bytes(document.output())
        if not told:
            return data
        writer = pypdf.PdfWriter(BytesIO(data))
        writer.add_metadata({told: mark})
        target = BytesIO()
        writer.write(target)
        return target.getvalue()

    return make


def _ofd(where: str, count: int = 1, template: bool = False) -> Maker:
    return lambda mark: ofd_of_lines(_pages(mark, where, count), Style(template=template))


def _ofd_property(mark: str) -> bytes:
    return ofd_of_lines(_pages("", "", 1), Style(subject=mark))


def _scan(form: str) -> Maker:
    def make(mark: str) -> bytes:
        page = Image.new("L", (1240, 1754), "white")
        pen = ImageDraw.Draw(page)
        for line in (line for line in _pages(mark, "top", 1)[0]):
            scale = 150 / 72
            pen.text((line.x * scale, line.y * scale), line.text, 0, _font(line.text, round(line.size * scale)), "ls")
        target = BytesIO()
        page.save(target, form, **({"resolution": 150} if form == "PDF" else {"dpi": (150, 150)}))
        return target.getvalue()

    return make


def _picture_of(mark: str) -> bytes:
    """Draw a mark as people cut it out of a scan."""
    font = _font(mark, 48)
    lines = mark.split("\n")
    width = round(max(font.getlength(line) for line in lines)) + 24
    picture = Image.new("RGB", (width, 70 * len(lines)), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((12, 6 + 70 * number), line, "black", font)
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _font(words: str, size: int) -> ImageFont.FreeTypeFont:
    face = _FACES["traditional" if set(words) & set("祕機內請傳") else "simplified"]
    return ImageFont.truetype(FONT, size, index=face, layout_engine=ImageFont.Layout.BASIC)


def _some(mark: str) -> list[str]:
    return [mark] if mark else []


# Where a mark may stand in each format.
MAKERS: tuple[tuple[str, MarkPlace, Maker], ...] = (
    ("top.txt", "page", _plain_text),
    ("below.txt", "page", _text_below),
    ("top.md", "page", _markdown),
    ("front-matter.md", "page", _front_matter),
    ("top.html", "page", _web_page),
    ("top.docx", "page", _word_text),
    ("table.docx", "page", _word_table),
    ("header.docx", "header", _word_edge("header")),
    ("footer.docx", "footer", _word_edge("footer")),
    ("watermark.docx", "header", _word_watermark),
    ("keywords.docx", "property", _word_property("keywords")),
    ("category.docx", "property", _word_property("category")),
    ("top.xlsx", "page", _sheet_text),
    ("header.xlsx", "header", _sheet_edge("oddHeader")),
    ("footer.xlsx", "footer", _sheet_edge("oddFooter")),
    ("keywords.xlsx", "property", _sheet_property),
    ("top.pdf", "page", _pdf("top")),
    ("header-of-one-page.pdf", "header", _pdf("header")),
    ("header-of-five-pages.pdf", "header", _pdf("header", 12)),
    ("footer-of-two-pages.pdf", "footer", _pdf("footer", 3)),
    ("subject.pdf", "property", _pdf("", told="/Subject")),
    ("own-key.pdf", "property", _pdf("", told="/SecretLevel")),
    ("top.ofd", "page", _ofd("top")),
    ("header.ofd", "header", _ofd("header", 12)),
    ("subject.ofd", "property", _ofd_property),
)
# The mark is in a picture: only OCR finds it.
PICTURED: tuple[tuple[str, MarkPlace, Maker], ...] = (
    ("picture.docx", "picture", _word_picture),
    ("picture.xlsx", "picture", _sheet_picture),
    ("picture.pdf", "picture", _pdf("", picture=True)),
    ("scan.png", "picture", _scan("PNG")),
    ("scan.pdf", "picture", _scan("PDF")),
    ("scan.ofd", "picture", lambda mark: ofd_of_pictures([_scan("PNG")(mark)])),
)
