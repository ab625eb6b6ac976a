"""Why a file, of whatever format, does not become a document: it cannot be had, is of another kind, is damaged or too
large."""

from __future__ import annotations

from kb.error_sentences.wording import USUAL_FORMATS_ZH, Wording

_AGAIN = "请重新导出或重新下载后再试"
_BROKEN = "文件已损坏或不完整"
_CONVERT = f"请转换成 {USUAL_FORMATS_ZH} 等格式"
_LOCKED = ("文件加了密码", "请另存一份不加密码的")
_MISNAMED = "文件内容与扩展名不符"
_REAL_NAME = "请改成真正的扩展名，或者转换格式"
_SPLIT = "请拆成几份"
_SLOW = "读取用时太长"

FILES: dict[str, Wording] = {
    # It is not there, or may not be read.
    "file_missing": Wording(
        "there is no such file or folder", "check the path", "没有这个文件或文件夹", "请检查路径"
    ),
    "link_dangling": Wording(
        "is a link to a file that is not there", "restore that file, or remove the link", "这是一个链接，所指的文件不存在", "请恢复那份文件，或者删去链接"
    ),
    "file_is_folder": Wording(
        "is a folder, not a file", "give the files in it", "这是文件夹，不是文件", "请给出里面的文件"
    ),
    "file_not_regular": Wording(
        "is not a regular file", "copy its content into a file", "这不是普通文件", "请把内容另存为文件"
    ),
    "file_not_permitted": Wording(
        "may not be read", "give yourself permission (chmod u+r)", "没有读取权限", "请给出读取权限"
    ),
    "file_not_opened": Wording(
        "cannot be opened ({cause})", "check the path and the disk", "文件打不开", "请检查路径和磁盘"
    ),
    "file_empty": Wording(
        "is empty", "put the document's text in it or remove it", "文件是空的", "请放入正文，或者删去这份文件"
    ),
    "file_blank": Wording(
        "holds no text, only blanks and marks",
        "put the document's text in it or remove it",
        "文件里没有文字",
        "请放入正文，或者删去这份文件",
    ),
    "file_too_large": Wording(
        "has {size} MB, more than the {most} MB that are read",
        "split it",
        "文件太大，有 {size} MB，最多读 {most} MB",
        _SPLIT,
    ),
    "file_too_long": Wording(
        "has {length} characters, more than the {most} that are read",
        "split it",
        "文件太大，有 {length} 字，最多读 {most} 字",
        _SPLIT,
    ),
    # Its name.
    "file_unnamed": Wording(
        "the file name has no letter or digit to make an id of", "rename the file", "文件名里没有可用的字", "请改文件名"
    ),
    "file_id_taken": Wording(
        "id {doc_id!r} is already taken by {other}",
        'rename the file or state another id = "..." in its front matter',
        "文件编号“{doc_id}”已被另一份文件占用",
        "请改文件名，或者另定编号",
    ),
    "file_misnamed": Wording(
        "looks like {found}, not {expected} as its name says", "rename it to {name}", _MISNAMED, "请改名为“{name}”"
    ),
    "file_misnamed_unread": Wording(
        "looks like {found}, not {expected} as its name says",
        "convert it to one of {formats}",
        f"{_MISNAMED}，实际的格式也不支持",
        _CONVERT,
    ),
    # Formats without a reader.
    "format_unknown": Wording(
        "files named {suffix} cannot be read",
        "convert it to one of {formats}",
        "不支持这种格式（{suffix}）",
        _CONVERT,
    ),
    "format_unnamed": Wording(
        "files without a suffix cannot be read",
        "convert it to one of {formats}",
        "文件名没有扩展名，不支持这种格式",
        f"请加上真正的扩展名，或者转换成 {USUAL_FORMATS_ZH} 等格式",
    ),
    "format_apabi": Wording(
        "cannot be read: it is a Founder {name} document, whose format is not public",
        "open it in Founder Apabi Reader and print it to PDF",
        "方正 {name} 格式没有公开，无法读取",
        "请用方正阿帕比阅读器打开，打印成 PDF 后再上传",
    ),
    "format_cnki": Wording(
        "cannot be read: it is a CNKI {name} document, whose format is not public",
        "open it in CAJViewer and print it to PDF",
        "知网 {name} 格式没有公开，无法读取",
        "请用 CAJViewer 打开，打印成 PDF 后再上传",
    ),
    "format_uop": Wording(
        "cannot be read: it is a UOF presentation",
        "open it in WPS Office and save it as .pptx",
        "不支持 UOF 演示文稿",
        "请用 WPS Office 打开，另存为 pptx",
    ),
    "format_uof2": Wording(
        "cannot be read: it is a UOF 2 file, of which LibreOffice knows only the first version",
        "open it in WPS Office and save it as .docx, .xlsx or .pptx",
        "不支持 UOF 2.0 格式（打包成一个文件的标文通）",
        "请用 WPS Office 打开，另存为 docx、xlsx 或 pptx",
    ),
    "archive_in_archive": Wording(
        "cannot be read: it is an archive inside another",
        "unpack it, and give the folder or an archive of its own",
        "压缩包里的压缩包没有打开",
        "请先解压，再读入其中的文件",
    ),
    # Whatever the format: passwords, time, memory.
    "file_locked": Wording("is locked with a password", "save a copy without the password", *_LOCKED),
    "state_secret": Wording(
        "bears the mark of a state secret, {words} ({where}), which the law forbids on this system",
        "take it off this machine and hand it to your office for secrecy",
        "文件标有国家秘密的密级（绝密、机密或秘密），依法不得存入本系统",
        "请勿在本系统或其他非涉密设备上存放这份文件，并交本单位保密机构处理",
    ),
    "reading_too_long": Wording(
        "takes more than {seconds:g} seconds to read",
        "split it, or allow more with --seconds-a-file",
        f"{_SLOW}，超过 {{seconds:g}} 秒",
        "请拆成几份，或者放宽时间限制",
    ),
    "reading_memory": Wording(
        "needs more memory than a file may take", "split it", "读取占用内存太多", _SPLIT
    ),
    "reading_killed": Wording(
        "the system ended the program that read it, probably for want of memory",
        "split the file or free memory",
        "读取程序被系统中止，可能是占用内存太多",
        "请拆成几份，或者腾出内存",
    ),
    "reading_crashed": Wording(
        "the program that read it broke down ({how})",
        "export the file again from the program that made it",
        "读取程序中途退出",
        "请用原来的软件重新导出",
    ),
    "cluster_reader_lost": Wording(
        "its reader was lost twice with its machine of the cluster ({cause})",
        "look at the memory of these machines, then ingest again",
        "读取它的集群机器两次失去联系",
        "请检查集群机器的内存后再导入一次",
    ),
    "cluster_file_unseen": Wording(
        "the machine {machine} of the cluster does not see it",
        "put the documents where all machines see them at the same path",
        "集群中 {machine} 看不到这份文件",
        "请放到所有机器以同一路径都能看到的地方",
    ),
    "reading_mistake": Wording(
        "its reader made a mistake ({cause})",
        "report it, and convert the file",
        "读取程序出错",
        "请换一种格式，并报告这个问题",
    ),
    # Text.
    "text_not": Wording(
        "is no text in UTF-8, GB18030, Big5 or UTF-16 (it begins with bytes {begins})",
        "open it in an editor and save it as UTF-8, or convert it if it is no text file",
        _MISNAMED,
        _REAL_NAME,
    ),
    "text_of_controls": Wording(
        "{count} of its {length} characters are control characters, so it is no text",
        "convert it to text, or name it after its real format",
        _MISNAMED,
        _REAL_NAME,
    ),
    "text_broken": Wording(
        "byte {number} (0x{byte:02x}) is no {encoding}, as the rest of the file is",
        "open it in an editor and save it as UTF-8",
        "文件已损坏：第 {number} 个字节不是 {encoding} 文字",
        "请用编辑器打开，另存为 UTF-8",
    ),
    "text_broken_off": Wording(
        "byte {number} (0x{byte:02x}) is no {encoding}: the file breaks off inside a character",
        "fetch it again",
        "文件不完整，在一个字的中间断开",
        _AGAIN,
    ),
    "csv_not": Wording(
        "is no table of text ({cause})", "save it again as CSV in UTF-8", "表格读不出来", "请另存为 UTF-8 的 CSV 文件"
    ),
    # Pages of the web and mail.
    "html_not": Wording(
        "has no HTML tag, it looks like plain text", "rename it to {name}", _MISNAMED, "请改名为“{name}”"
    ),
    "html_empty": Wording(
        "holds no HTML element", "save the page again from the browser", "网页里没有内容", "请用浏览器重新保存"
    ),
    "html_too_deep": Wording(
        "its elements are nested too deeply or too large to read to the end",
        "save the page again as plain HTML",
        "网页的嵌套太深或者太大，读不到末尾",
        "请用浏览器另存为仅 HTML 的网页",
    ),
    "web_archive_not": Wording(
        "does not begin as a web archive does", "save the page again from the browser", _MISNAMED, "请用浏览器重新保存"
    ),
    "web_archive_empty": Wording(
        "is a web archive without a page in it",
        "save the page again from the browser",
        "网页存档里没有网页",
        "请用浏览器重新保存",
    ),
    "mail_not": Wording(
        "does not begin as a saved mail does",
        "save it again from the mail program",
        _MISNAMED,
        "请从邮件软件里重新保存",
    ),
    "mail_broken": Wording(
        "is a broken Outlook mail ({cause})", "save it again, or as .eml", _BROKEN, "请重新保存，或者存为 .eml"
    ),
    "epub_broken": Wording("is a broken EPUB book ({cause})", "fetch or export it again", _BROKEN, _AGAIN),
    # Archives, which many formats are.
    "archive_broken": Wording(
        "is a broken or truncated {name} ({cause})", "fetch or save it again", _BROKEN, _AGAIN
    ),
    "archive_too_large": Wording(
        "has {parts:,} parts and {size:,} MB unpacked, more than a document should",
        "split it",
        "文件太大，解开后有 {parts:,} 个部分、{size:,} MB",
        _SPLIT,
    ),
    "archive_locked": Wording(
        "part {part!r} is locked with a password", "save a copy without one", *_LOCKED
    ),
    "archive_bomb": Wording(
        "part {part!r} unpacks to {size:,} MB out of {packed:,} kB, as no document does",
        "save it again",
        "文件太大，其中一个部分由 {packed:,} kB 解开成 {size:,} MB",
        "请用原来的软件重新保存",
    ),
    "archive_document_type": Wording(
        "part {part!r} declares a document type, which no office program writes",
        "save it again from the program that made it",
        "文件里有办公软件不会写出的声明",
        "请用原来的软件重新保存",
    ),
    "archive_member_missing": Wording(
        "there is no such file in {archive}", "check the path", "压缩包里没有这个文件", "请检查路径"
    ),
    "archive_member_link": Wording(
        "is a link, not a file", "pack the file itself", "压缩包里的是链接，不是文件", "请把文件本身放进压缩包"
    ),
    "archive_member_broken": Wording(
        "is broken inside its archive ({cause})", "pack it again", "压缩包里的这份文件已损坏", "请重新压缩"
    ),
    "archive_not": Wording(
        "is no {name} archive (it begins with bytes {begins})", "give it the suffix of what it is", _MISNAMED, _REAL_NAME
    ),
    "archive_misnamed": Wording(
        "is no {name} archive (it begins with bytes {begins})", "name it {right}", _MISNAMED, "请改名为“{right}”"
    ),
    "archive_cut_off": Wording(
        "is a truncated RAR archive that ends before its end",
        "fetch or pack it again",
        "压缩包不完整，缺少末尾",
        "请重新下载或重新压缩",
    ),
    "archive_volume": Wording(
        "is one volume of several",
        "unpack all volumes together, and give the folder",
        "这是分卷压缩包中的一卷",
        "请把各卷放在一起解压，再读入其中的文件",
    ),
    "archive_too_many_files": Wording(
        "has more than {most:,} files, more than a document should", "split it", "压缩包里的文件太多，超过 {most:,} 个", _SPLIT
    ),
    "archive_unpacks_too_large": Wording(
        "unpacks to more than {most:,} MB, more than a document should",
        "split it",
        "压缩包展开后太大，超过 {most:,} MB",
        _SPLIT,
    ),
    "archive_too_long": Wording(
        "takes more than {seconds} seconds to unpack", "split it", "解压用时太长，超过 {seconds} 秒", _SPLIT
    ),
    "libarchive_missing": Wording(
        "needs libarchive to be unpacked, which is not installed here",
        "install it (Debian: libarchive13), or give the folder or a ZIP archive of it",
        "读取 RAR 和 7z 压缩包的组件没有安装",
        "请先解压，或者请管理员安装 libarchive",
    ),
    # Office files.
    "docx_unusable": Wording(
        "cannot be read as a DOCX file: {cause}",
        "open it in Word and save it again",
        "文件里有读不出的部分",
        "请用 Word 打开后重新保存",
    ),
    "docx_broken": Wording(
        "is a broken or truncated DOCX file ({cause})",
        "open it in Word and save it again",
        _BROKEN,
        "请用 Word 打开后重新保存",
    ),
    "office_broken": Wording(
        "is a broken or truncated {name} ({cause})", "open it and save it again", _BROKEN, "请打开后重新保存"
    ),
    "table_too_large": Wording(
        "a table has {rows:,} rows and {columns:,} columns, more than {most:,} places",
        "split it",
        "表格太大，有 {rows:,} 行、{columns:,} 列",
        "请拆成几张表",
    ),
    "sheet_too_large": Wording(
        "sheet {sheet!r} has {cells:,} cells, more than the {most:,} that are read",
        "split it",
        "工作表“{sheet}”太大，有 {cells:,} 格，最多读 {most:,} 格",
        _SPLIT,
    ),
    "cells_merged_too_far": Wording(
        "{part} merges cells over {places:,} places, more than the {most:,} that are read",
        "split the merged cells",
        "合并的单元格太大",
        "请拆开合并的单元格",
    ),
    "old_office_not": Wording(
        "is no {name} (it begins with bytes {begins})",
        "name it after its real format, such as .txt or .csv",
        _MISNAMED,
        _REAL_NAME,
    ),
    "old_office_broken": Wording(
        "is broken, locked with a password or no {name}: LibreOffice cannot open it",
        "save it as {target}",
        "文件已损坏、加了密码，或者内容与扩展名不符",
        "请另存为 {target}",
    ),
    "old_office_too_long": Wording(
        "takes LibreOffice more than {seconds:.0f} seconds to open",
        "save it as {target}",
        f"{_SLOW}，超过 {{seconds:.0f}} 秒",
        "请另存为 {target}",
    ),
    "libreoffice_missing": Wording(
        "needs LibreOffice to be read, which is not installed here",
        "install LibreOffice (Debian: libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui) or save it as {target}",
        "读取这种格式需要 LibreOffice，本机没有安装",
        "请安装 LibreOffice，或者另存为 {target}",
    ),
}  # fmt: skip
