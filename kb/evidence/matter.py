"""What a law is about: its title without the place and the kind of law, by which laws are known to be on one matter."""

from __future__ import annotations

import re

from kb.editions import core_title
from kb.text.fold import fold_text
from kb.text.places import NATION, Gazetteer
from kb.types import Document

# 实施办法, 暂行条例: what laws are called is no part of what they are about.
_KIND = re.compile(r"(?:若干|暂行|试行|实施)*(?:条例|办法|规定|细则|规则|法)$")
_IMPLEMENTS = re.compile(r"实施(.+法)办法$")  # A province's 实施《某法》办法 is on the matter of that law.
_SHORTEST = 4  # characters of a subject by which laws are known to be on one matter


def subject_of(title: str, places: Gazetteer = NATION) -> str | None:
    """Give what a law is about, None for what is no law by its title; `places` are those that its title may name.

    >>> subject_of("杭州市物业管理条例"), subject_of("浙江省实施《中华人民共和国老年人权益保障法》办法")
    ('物业管理', '老年人权益保障')
    >>> subject_of("东湖市人民政府关于印发某某方案的通知") is None
    True
    """
    name = core_title(title).replace("中华人民共和国", "")
    implements = _IMPLEMENTS.search(name)
    name = implements[1] if implements else name
    bare = _KIND.sub("", name)
    if bare == name or "关于" in name:
        return None
    return without_places(bare, places)


def on_one_matter(subject: str | None, other: str | None) -> bool:
    """
    >>> on_one_matter("学前教育促进", "学前教育"), on_one_matter("物业管理", "生活垃圾管理"), on_one_matter(None, "物业管理")
    (True, False, False)
    """
    if subject is None or other is None:
        return False
    shorter, longer = sorted((subject, other), key=len)
    return len(shorter) >= _SHORTEST and shorter in longer


def is_law(document: Document) -> bool:
    """Say whether a document is the text of a law, which holds wherever it is for; a digest may leave out where it does
    not."""
    return document.kind == "full_text" and subject_of(document.title) is not None


def without_places(text: str, places: Gazetteer = NATION) -> str:
    """Leave out the places that a text names, with their ending.

    >>> without_places("在杭州市养犬要登记吗")
    '养犬要登记吗'
    """
    folded = fold_text(text)
    for place in sorted(places.places_in(folded), key=len, reverse=True):
        folded = re.sub(rf"(?:在|由)?{place}(?:省|市(?![民区])|区|县)?", "", folded)
    return folded
