"""A Chinese font of this machine, to draw pages whose own fonts are not used."""

from __future__ import annotations

import functools
from pathlib import Path

from PIL import ImageFont

from kb.errors import PartError

# Faces with serifs first, as papers are printed.
_FONTS = ("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc", "SourceHanSerif*", "SourceHanSans*", "simsun*",
          "wqy-*", "uming*", "DroidSansFallback*", "PingFang*", "STSong*")  # fmt: skip
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")


@functools.lru_cache(maxsize=64)
def chinese_font(size: int) -> ImageFont.FreeTypeFont:
    """Give the font at so many dots; raise PartError where there is none."""
    return ImageFont.truetype(_font_file(), size, index=_face(_font_file()))


@functools.cache
def _font_file() -> str:
    for pattern in _FONTS:
        for folder in _FOLDERS:
            found = sorted(Path(folder).rglob(pattern)) if Path(folder).is_dir() else []
            if found:
                return str(found[0])
    raise PartError.of("page_font_missing")


@functools.cache
def _face(file: str) -> int:
    """Find the simplified face of a collection; the first where there is none."""
    for index in range(16):
        try:
            if " SC" in (ImageFont.truetype(file, 10, index=index).getname()[0] or ""):
                return index
        except OSError:
            break
    return 0
