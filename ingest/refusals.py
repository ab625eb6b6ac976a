"""Why a file was refused, in the words of the people who upload it.

The readers say it in English, exactly; here the same is said in Chinese, for pages. A reason that is not among
these is told as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with a file and what to do about it."""

    reason: str
    remedy: str


_EXPORT = "请重新导出或重新下载后再试"
_SAID = tuple(
    (re.compile(pattern), Refusal(reason, remedy))
    for pattern, reason, remedy in (
        (r"bears the mark of a state secret", "文件标有国家秘密的密级（绝密、机密或秘密），依法不得存入本系统",
         "请勿在本系统或其他非涉密设备上存放这份文件，并交本单位保密机构处理"),
        (r"is empty", "文件是空的", "请放入正文，或者删去这份文件"),
        (r"holds no text, only blanks", "文件里没有文字", "请放入正文，或者删去这份文件"),
        (r"needs a password|locked with a password", "文件加了密码", "请另存一份不加密码的"),
        (r"encrypted with AES", "文件加了密，缺少解密的组件", "请安装 cryptography，或者另存一份不加密的"),
        (r"broken or truncated|is broken|is damaged|breaks off", "文件已损坏或不完整", _EXPORT),
        (r"has no pages", "文件没有页面", _EXPORT),
        (r"pages, more than", "页数太多", "请拆成几份"),
        (r"MB, more than|characters, more than", "文件太大", "请拆成几份"),
        (r"hold no text, nor do|no text was found", "页面上认不出文字", "请用 200 dpi 以上重新扫描"),
        (r"characters are unreadable", "文字编码无法辨认", "请嵌入字体后重新导出"),
        (r"takes more time|takes more than .* seconds|take too long", "读取用时太长", "请拆成几份，或者放宽时间限制"),
        (r"more memory|want of memory", "读取占用内存太多", "请拆成几份"),
        (r"broke down", "读取程序中途退出", "请用原来的软件重新导出"),
        (r"reader made a mistake", "读取程序出错", "请换一种格式，并报告这个问题"),
        (r"looks like .* as its name says", "文件内容与扩展名不符", "请改成真正的扩展名，或者转换格式"),
        (r"is no PDF|has no HTML tag|is no text in|control characters, so it is no text", "文件内容与扩展名不符",
         "请改成真正的扩展名，或者转换格式"),
        (r"is a Founder CEBX? document", "方正 CEB 格式没有公开，无法读取", "请用方正阿帕比阅读器打开，打印成 PDF 后再上传"),
        (r"is a CNKI \w+ document", "知网 CAJ 格式没有公开，无法读取", "请用 CAJViewer 打开，打印成 PDF 后再上传"),
        (r"is an archive inside another", "压缩包里的压缩包没有打开", "请先解压，再读入其中的文件"),
        (r"needs libarchive", "读取 RAR 和 7z 压缩包的组件没有安装", "请先解压，或者请管理员安装 libarchive"),
        (r"more than a document should", "压缩包展开后太大", "请拆成几份"),
        (r"is a UOF presentation", "不支持 UOF 演示文稿", "请用 WPS Office 打开，另存为 pptx"),
        (r"cannot be read; convert", "不支持这种格式", "请转换成支持的格式"),
        (r"is already taken by", "文件编号已被另一份文件占用", "请改文件名，或者另定编号"),
        (r"front matter|key ", "文件开头的说明写得不对", "请按提示改正"),
        (r"no such file", "没有这个文件", "请检查路径"),
        (r"may not be read", "没有读取权限", "请给出读取权限"),
        (r"no letter or digit", "文件名里没有可用的字", "请改文件名"),
    )
)  # fmt: skip


def in_chinese(reason: str) -> Refusal | None:
    """Say a reason in Chinese; None where it is not known.

    >>> in_chinese("is encrypted and needs a password; save a copy without one")
    Refusal(reason='文件加了密码', remedy='请另存一份不加密码的')
    """
    return next((said for pattern, said in _SAID if pattern.search(reason)), None)
