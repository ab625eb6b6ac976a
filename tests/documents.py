"""Makes the files that the reader tests read: real PDFs from two programs, broken and hostile ones, web pages.

The text is our own, in the manner of an official notice, about two pages long when printed.
"""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import fpdf
import pypdf
from PIL import Image

from ingest.pdfium import open_page, open_pdf, picture_of_page

CHROMIUM = "/usr/bin/chromium"
CJK_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED_FACE = 2  # of the fonts in that collection

TITLE = "东湖市人民政府办公厅关于印发东湖市社区长者食堂建设运营管理办法的通知"
PARAGRAPHS = (
    "各区、县（市）人民政府，市政府各部门、各直属单位：",
    "《东湖市社区长者食堂建设运营管理办法》已经市政府第12次常务会议审议通过，现印发给你们，请结合各自实际认真组织实施。"
    "各地在执行中遇到的问题和建议，请在每季度末之前书面报送市民政局，由市民政局汇总后提出修订意见。",
    "一、总体要求",
    "（一）工作目标",
    "1.到2031年底，全市新建和改建社区长者食堂120家以上，实现城镇社区15分钟助餐服务圈全覆盖；到2033年，"
    "农村地区助餐点覆盖率达到90%以上，每周供餐不少于5天。居民对助餐服务的满意率保持在95%以上。",
    "2.坚持政府引导、社会参与、市场运作，充分利用社区配套用房、闲置校舍和党群服务中心等存量空间，不搞大拆大建。"
    "优先在老旧小区和老年人口占比超过20%的社区布点。优先改造已有的居家养老服务中心。",
    "（二）适用范围",
    "本办法适用于本市行政区域内为年满六十周岁老年人提供就餐、送餐服务的社区长者食堂、助餐点和送餐企业。",
    "二、重点任务",
    "（一）场地和设施",
    "1.社区长者食堂建筑面积一般不小于120平方米，就餐座位不少于30个，并设置无障碍通道、扶手和紧急呼叫装置。"
    "厨房与就餐区应当分开，油烟排放符合国家和本省有关标准，食品留样不少于48小时。",
    "2.新建住宅小区按照每百户不少于30平方米的标准配建社区服务用房，其中用于助餐服务的不少于三分之一；"
    "已建成小区没有达到标准的，由所在街道通过购置、置换、租赁等方式在两年内补齐。",
    "（二）补贴标准",
    "1.年满七十周岁的本市户籍老年人每餐补贴3元，年满八十周岁的每餐补贴5元，低保、特困和计划生育特殊家庭老年人每餐补贴8元，"
    "补贴资金由市、区两级财政按照4:6的比例分担，列入年度预算。",
    "2.对新建的社区长者食堂，验收合格后给予一次性建设补助20万元；改建的给予10万元；连续运营满一年且年度考核合格的，"
    "按照实际供餐人次给予每年最高8万元的运营补助。弄虚作假骗取补助的，依法追回资金，三年内不得再次申请。",
    "（三）监督管理",
    "市场监管部门每半年至少检查一次食品安全状况，检查结果在食堂显著位置公示；民政部门会同财政部门每年委托第三方开展绩效评价，"
    "评价结果与下一年度补助资金挂钩。任何单位和个人发现违法违规行为的，可以拨打12345政务服务便民热线投诉举报。",
    "三、施行日期",
    "本办法自2031年5月1日起施行，有效期三年。此前有关规定与本办法不一致的，以本办法为准。",
)

_PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>办法</title><style>
@page {{ size: A4; margin: 25mm }} body {{ font-family: "Noto Sans CJK SC"; font-size: 16pt; line-height: 1.8 }}
h1 {{ font-size: 22pt; text-align: center }} p {{ {paragraph} }}</style></head>
<body><h1>{title}</h1>{body}</body></html>"""


def print_to_pdf(target: Path, paragraph: str, paragraphs: Sequence[str] = PARAGRAPHS) -> Path:
    """Print the notice, or other `paragraphs` of HTML, with Chromium; `paragraph` is their style."""
    page = target.with_suffix(".html")
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    page.write_text(_PAGE.format(paragraph=paragraph, title=TITLE, body=body), encoding="utf-8")
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--no-pdf-header-footer", f"--user-data-dir={target.with_suffix('.profile')}",
        f"--print-to-pdf={target}", page.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target


def typeset_pdf(target: Path, columns: int = 28, rows: int = 22, paragraphs: Sequence[str] = PARAGRAPHS) -> Path:
    """Set paragraphs like an official document: 28 characters a line, 22 lines a page, indents, `— 1 —`."""
    document = fpdf.FPDF(format="A4", unit="pt")
    document.set_auto_page_break(False)
    document.add_font("cjk", fname=CJK_FONT, collection_font_number=SIMPLIFIED_FACE)
    lines: list[tuple[str, bool]] = []
    for text in paragraphs:
        indented = not text.endswith("：")
        for number, line in enumerate(_wrap(text, columns, 2 if indented else 0)):
            lines.append((line, indented and number == 0))
    for first in range(0, len(lines), rows):
        document.add_page()
        document.set_font("cjk", size=16)
        for row, (line, indented) in enumerate(lines[first : first + rows]):
            document.text(74 + (32 if indented else 0), 100 + row * 29, line)
        document.set_font("cjk", size=14)
        document.text(280, 780, f"— {first // rows + 1} —")
    document.output(str(target))
    return target


def _wrap(text: str, columns: int, indent: int) -> list[str]:
    """Cut `text` into lines of so many wide characters; a closing mark does not begin a line."""
    lines: list[str] = []
    line, width = "", float(indent)
    for char in text:
        width += 0.5 if char.isascii() else 1
        if width > columns and char not in "，。；：、）》":
            lines.append(line)
            line, width = "", 0.5 if char.isascii() else 1
        line += char
    return [*lines, line]


def encrypted(data: bytes, password: str, algorithm: str = "AES-256") -> bytes:
    writer = pypdf.PdfWriter(BytesIO(data))
    writer.encrypt(password, "owner", algorithm=algorithm)
    return _written(writer)


def scanned(data: bytes, dots_per_inch: int = 200) -> list[Image.Image]:
    """Give the pages of a PDF as a clean scanner would."""
    with open_pdf(data) as document:
        pictures = []
        for number in range(1, len(document) + 1):
            with open_page(document, number) as page:
                pictures.append(picture_of_page(page, dots_per_inch).convert("L"))
        return pictures


def scanned_pdf(pictures: Sequence[Image.Image], dots_per_inch: int = 200) -> bytes:
    """Give a PDF whose pages are these pictures."""
    target = BytesIO()
    first, *others = (picture.copy() for picture in pictures)
    first.save(target, "PDF", save_all=True, append_images=others, resolution=dots_per_inch)
    return target.getvalue()


def without_unicode_maps(data: bytes) -> bytes:
    """Give a PDF whose fonts do not name their characters any more."""
    writer = pypdf.PdfWriter(BytesIO(data))
    for page in writer.pages:
        for entry in page["/Resources"]["/Font"].values():  # type: ignore[index]
            entry.get_object().pop("/ToUnicode", None)
    return _written(writer)


def blank_pdf(pages: int) -> bytes:
    """Give a PDF with so many pages and no text, as a scan is."""
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    return _written(writer)


def _written(writer: pypdf.PdfWriter) -> bytes:
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def pdf_of_objects(*objects: bytes) -> bytes:
    """Write a PDF with a sound cross-reference table around objects that may be anything; the first is its root."""
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size, start = len(objects) + 1, len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size + table
    return data + b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def pdf_of_content(content: bytes) -> bytes:
    """Write a PDF of one page with the drawing operators `content`."""
    packed = zlib.compress(content)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return pdf_of_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 %s>> >> >>" % font,
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream",
    )


def pdf_of_form(drawing: bytes) -> bytes:
    """Write a PDF of one page with a line of text and a form of the drawing operators `drawing`, which may draw
    itself."""
    packed = zlib.compress(drawing)
    content = b"BT /F1 12 Tf 50 700 Td (Article 1 applies) Tj ET /X Do"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return pdf_of_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>/Font<</F1 %s>> >> >>" % font,
        b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>> >>/Filter/FlateDecode"
        b"/Length %d>>stream\n" % len(packed) + packed + b"\nendstream",
    )


def characters(lines: Sequence[str]) -> str:
    """Give what is to be read of `lines`, however it is spaced and broken."""
    return "".join("".join(lines).split())
