"""Radicals, and other twins, that stand where a character should.

A font often has one glyph for a character and for the radical of the same shape (民 U+6C11 and ⺠
U+2EA0), or for two marks (～ U+FF5E and 〜 U+301C). A program that writes PDFs, such as Chromium, may
then name the lower of the two in the font's Unicode map, and text comes out with code points that no
search finds. Nobody writes running Chinese in them, so they are mapped back when a page is read.

Sources: Unicode's EquivalentUnifiedIdeograph for U+2E80 to U+2EF3; NFKC for the Kangxi radicals
(the two agree there) and for the compatibility ideographs of U+F900 to U+FAFF and U+2F800 to U+2FA1D;
for the marks the glyphs that Noto Sans CJK and Noto Serif CJK share. U+2E80 and U+2E9A have no
equivalent and stay. The radical door, U+2F3E, is 户 in fonts for simplified script and 戶 in the others:
`with_door` decides by the script of the whole text.
"""

from __future__ import annotations

import unicodedata

# CJK Radicals Supplement, U+2E80 to U+2EF3, each with the character that it looks like.
_SUPPLEMENT = (
    "⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇𠘨 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑𡯂 ⺒巳 ⺓幺 "
    "⺔彑 ⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺟母 ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 "
    "⺨犭 ⺩王 ⺪𤴔 ⺫目 ⺬示 ⺭礻 ⺮𥫗 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺵𦉫 ⺶羊 ⺷𦍌 ⺸𦍋 ⺹耂 ⺺肀 "
    "⺻聿 ⺼肉 ⺽𦥑 ⺾艹 ⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇𧢲 ⻈讠 ⻉贝 ⻊𧾷 ⻋车 ⻌辶 ⻍辶 "
    "⻎辶 ⻏邑 ⻐钅 ⻑長 ⻒镸 ⻓长 ⻔门 ⻕𨸏 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞𩙿 ⻟飠 ⻠饣 "
    "⻡𩠐 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀 ⻳龟"
)
RADICALS = {pair[0]: pair[1] for pair in _SUPPLEMENT.split(" ")}
"""The radicals that NFKC does not know, with the characters they look like."""

# Each beside the one whose glyph it shares in the two fonts.
_TWINS = {"\u2003": "\u3000", "\u2012": "–", "\u2015": "—", "\u2215": "／", "\u2329": "〈", "\u232a": "〉",
          "\u301c": "～", "㬵": "胶", "㬺": "幐", "㮣": "槩", "㫚": "曶"}  # fmt: skip
# Kangxi radicals and the blocks of compatibility ideographs.
_COMPATIBLE = (range(0x2F00, 0x2FD6), range(0xF900, 0xFB00), range(0x2F800, 0x2FA1E))
_DOOR = "\u2f3e"  # ⼾ stands for 户 and for 戶; which, the script of the text around it tells.
# Frequent characters that only one of the two scripts has.
_SIMPLIFIED = frozenset("国会这来时为个们对发经过业产关开长门务应规给从书机")
_TRADITIONAL = frozenset("國會這來時為個們對發經過業產關開長門務應規給從書機")
# What `str.translate` takes.
_TABLE = {
    **{point: unicodedata.normalize("NFKC", chr(point)) for block in _COMPATIBLE for point in block},
    **{ord(radical): char for radical, char in RADICALS.items()},
    **{ord(twin): char for twin, char in _TWINS.items()},
    ord(_DOOR): _DOOR,
}


def without_radicals(text: str) -> str:
    """Write the usual character for every radical and twin; the length stays the same.

    >>> without_radicals("居⺠⼀⻚")
    '居民一页'
    """
    return text.translate(_TABLE)


def with_door(text: str) -> str:
    """Write 户 or 戶 for the radical door, as the script of `text` has it.

    >>> with_door("每百⼾为一个单元"), with_door("每百⼾為一個單元")
    ('每百户为一个单元', '每百戶為一個單元')
    """
    if _DOOR not in text:
        return text
    traditional = sum(char in _TRADITIONAL for char in text)
    return text.replace(_DOOR, "戶" if traditional > sum(char in _SIMPLIFIED for char in text) else "户")
