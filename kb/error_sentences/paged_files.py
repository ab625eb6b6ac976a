"""Why a file of pages does not become a document: PDF, OFD, XPS and pictures. Which page it is stands before the
sentence."""

from __future__ import annotations

from kb.error_sentences.wording import Wording

_AGAIN = "请重新导出或重新下载后再试"
_BROKEN = "文件已损坏或不完整"
_EXPORT = "请用原来的软件重新导出"
_SPLIT = "请拆成几份"
_SCAN = "请用 200 dpi 以上重新扫描"

PAGED_FILES: dict[str, Wording] = {
    "file_without_pages": Wording("has no pages", "print or export it again", "文件没有页面", _AGAIN),
    "file_lacks_page": Wording(
        "has {count} pages, not {number}", "ask for one of them", "文件共 {count} 页，没有第 {number} 页", "请给出其中的一页"
    ),
    "too_many_pages": Wording(
        "has {pages} pages, more than the {most} that are read",
        "split it",
        "页数太多，有 {pages} 页，最多读 {most} 页",
        _SPLIT,
    ),
    "page_too_long": Wording(
        "takes more time than a document should", "split it", "读取用时太长", _SPLIT
    ),
    "page_too_full": Wording(
        "more than {most} characters on a page", "split it", "这一页的字太多，最多读 {most} 字", _SPLIT
    ),
    "page_unreadable": Wording(
        "{share:.0%} of the characters are unreadable, its fonts do not name them",
        "export it to PDF and read that",
        "这一页有 {share:.0%} 的文字编码无法辨认",
        "请导出成 PDF 后再上传",
    ),
    "page_unreadable_by_ocr": Wording(
        "{share:.0%} of the characters are unreadable, its fonts do not name them, and OCR finds none",
        "export it to PDF again, fonts embedded",
        "这一页有 {share:.0%} 的文字编码无法辨认",
        "请嵌入字体后重新导出",
    ),
    "pages_without_text": Wording(
        "its {pages} pages hold no text, nor do their pictures",
        "scan it again at 200 dots an inch or more, or export it with its text",
        "页面上认不出文字",
        _SCAN,
    ),
    "pdf_not": Wording(
        "is no PDF (it begins with bytes {begins})",
        "name it after its real format, such as .txt",
        "文件内容与扩展名不符",
        "请改成真正的扩展名，或者转换格式",
    ),
    "pdf_locked": Wording(
        "is encrypted and needs a password", "save a copy without one", "文件加了密码", "请另存一份不加密码的"
    ),
    "pdf_in_aes": Wording(
        "is encrypted with AES",
        "install the package cryptography to read it",
        "文件加了密，缺少解密的组件",
        "请安装 cryptography，或者另存一份不加密的",
    ),
    "pdf_too_costly": Wording(
        "takes more time or memory than a document should ({cause})",
        "print it to a new PDF",
        "读取用时太长，或者占用内存太多",
        "请打印成新的 PDF，或者拆成几份",
    ),
    "pdf_broken": Wording(
        "is a broken or truncated PDF ({cause})", "fetch or export it again", _BROKEN, _AGAIN
    ),
    "picture_broken": Wording(
        "is a broken picture ({cause})", "scan or export it again", "图片已损坏或不完整", "请重新扫描或重新导出"
    ),
    "picture_too_large": Wording(
        "it has {dots} million dots, more than the {most} that are read",
        "scan or export it again with fewer dots an inch",
        "图片太大，超过 {most} 百万像素",
        "请降低分辨率，重新扫描或重新导出",
    ),
    "picture_bomb": Wording(
        "it has more than the {most} million dots that are read",
        "scan or export it again with fewer dots an inch",
        "图片太大，超过 {most} 百万像素",
        "请降低分辨率，重新扫描或重新导出",
    ),
    "picture_without_text": Wording(
        "no text was found in its {pages} pages",
        "scan it again at 200 dots an inch or more",
        "页面上认不出文字",
        _SCAN,
    ),
    "ofd_lacks_index": Wording(
        "lacks its index {part}", "export it again from the program that made it", "文件缺少目录，已不完整", _EXPORT
    ),
    "ofd_lacks_document": Wording(
        "{part}: names no document (DocRoot)", "export it again", "文件里没有文档", _EXPORT
    ),
    "ofd_lacks_picture": Wording(
        "lacks its picture {picture}", "export it again from the program that made it", "文件缺少图片", _EXPORT
    ),
    "ofd_lacks_template": Wording(
        "{part}: lacks template page {template}", "export it again", "文件缺少模板页", _EXPORT
    ),
    "ofd_other_root": Wording(
        "{part}: begins with {found}, not with {wanted}", "export it again", "文件不合 OFD 的格式", _EXPORT
    ),
    "xps_lacks_document": Wording(
        "{part}: names no document", "export it again from the program that made it", "文件里没有文档", _EXPORT
    ),
    "xps_page_without_size": Wording("states no size", "export it again", "这一页没有写明大小", _EXPORT),
    "xps_other_root": Wording(
        "{part}: begins with {found}, not with {wanted} of XPS", "export it again", "文件不合 XPS 的格式", _EXPORT
    ),
    # Parts of OFD and XPS files.
    "package_lacks_part": Wording(
        "lacks its part {part}", "export it again from the program that made it", _BROKEN, _EXPORT
    ),
    "package_part_broken": Wording("{part}: is broken ({cause})", "fetch or export it again", _BROKEN, _AGAIN),
    "package_part_too_large": Wording(
        "{part}: holds more than a document should", "export it again, or split it", "文件太大", "请重新导出，或者拆成几份"
    ),
    "package_xml_broken": Wording("{part}: is broken XML ({cause})", "fetch or export it again", _BROKEN, _AGAIN),
    "package_xml_not": Wording(
        "{part}: is no XML, the file may be encrypted", "save a copy that is not", "文件可能加了密", "请另存一份不加密的"
    ),
    "package_document_type": Wording(
        "{part}: declares a document type, which no such file does", "export it again", "文件里有不应有的声明", _EXPORT
    ),
    "page_font_missing": Wording(
        "this machine has no Chinese font to draw it with",
        "install one, such as fonts-noto-cjk",
        "本机没有中文字体，画不出这一页",
        "请安装中文字体，例如 fonts-noto-cjk",
    ),
}  # fmt: skip
