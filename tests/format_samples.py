"""Makes small files of the formats that few offices send: slides, mail, a web archive, a book."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from io import BytesIO

from pptx import Presentation
from pptx.util import Inches

PAGE = "<html><head><title>某页</title></head><body><h1>便民服务通知</h1><p>第一条　每餐补贴3元。</p></body></html>"
ARCHIVE = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=gb2312\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\n"
) + PAGE.encode("gb18030") + b"\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"  # fmt: skip


def slides() -> bytes:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(3), Inches(1))
    box.text_frame.text = "一、总体情况\n建成120家"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    for number, words in enumerate(("街道", "数量", "甲街道", "12")):
        table.cell(number // 2, number % 2).text = words
    slide.shapes.title.text = "便民服务汇报"
    slide.notes_slide.notes_text_frame.text = "口头说明"
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "备用"
    hidden._element.set("show", "0")
    target = BytesIO()
    deck.save(target)
    return target.getvalue()


def mail(as_page: bool) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "关于补贴的来信", "甲 <a@example.com>", "b@example.com"
    message.set_content(
        "<p>每餐补贴多少？</p>" if as_page else "每餐补贴多少？", subtype="html" if as_page else "plain"
    )
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="申请表.pdf")
    return message.as_bytes()


def book() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></container>',
        )
        archive.writestr(
            "O/b.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><metadata><title xmlns="http://purl.org/dc/elements/1.1/">便民手册</title></metadata>'
            '<manifest><item id="one" href="1.xhtml" media-type="application/xhtml+xml"/><item id="two" href="2.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="cover" href="c.png" media-type="image/png"/></manifest><spine><itemref idref="two"/><itemref idref="one"/></spine></package>',
        )
        archive.writestr("O/1.xhtml", "<html><body><p>后一页</p></body></html>")
        archive.writestr("O/2.xhtml", PAGE)
    return target.getvalue()
