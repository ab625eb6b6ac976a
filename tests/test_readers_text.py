"""Plain text: its encoding is found from a line of Chinese on, and broken bytes are refused with their line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import CORPUS

from ingest.readers.encoding import decode
from ingest.readers.plain_text import TextReader
from kb.errors import DocumentError

PATH = Path("corpus/a.txt")
SIMPLIFIED = (
    "本办法自2031年5月1日起施行，有效期三年。",
    "各区、县（市）人民政府，市政府各部门、各直属单位：",
    "年满七十周岁的本市户籍老年人每餐补贴3元。",
    "第十二条　申请人应当自收到通知之日起十五日内提交材料。",
)
TRADITIONAL = (
    "本辦法自中華民國一百二十年五月一日起施行，有效期三年。",
    "您在市政協十二屆三次會議上提出的建議收悉，現答覆如下：",
    "年滿七十周歲的老年人每餐補貼三元，由社區統一發放。",
)


def read(data: bytes) -> str:
    return TextReader().read(PATH, data).text


@pytest.mark.parametrize("sentence", SIMPLIFIED)
@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_simplified_sentences_are_read_in_every_encoding_in_use(sentence: str, encoding: str) -> None:
    assert read(sentence.encode(encoding)) == sentence


@pytest.mark.parametrize("sentence", TRADITIONAL)
@pytest.mark.parametrize("encoding", ["big5", "cp950", "big5hkscs", "gb18030", "utf-16-le", "utf-16-be"])
def test_traditional_sentences_are_read_in_every_encoding_in_use(sentence: str, encoding: str) -> None:
    assert read(sentence.encode(encoding)) == sentence


RESPONSE = "".join((CORPUS / "responses" / "hz-2024-343.txt").read_text("utf-8").split())
DIGEST = "".join((CORPUS / "responses" / "resp-hz-2024-95.md").read_text("utf-8").partition("+++\n>")[2].split())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(RESPONSE) - 24), st.sampled_from(["gb18030", "utf-16-le", "utf-16-be", "utf-8"]))
def test_any_stretch_of_24_characters_of_the_response_is_read_right(start: int, encoding: str) -> None:
    stretch = RESPONSE[start : start + 24]
    assert read(stretch.encode(encoding)) == stretch


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(RESPONSE) - 24))
def test_any_stretch_of_the_response_that_big5_can_write_is_read_right(start: int) -> None:
    stretch = "".join(char for char in RESPONSE[start : start + 60] if char not in "“”製麵誌紮擡")
    data = stretch.encode("cp950", "ignore")
    assert read(data) == data.decode("cp950")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(DIGEST) - 24))
def test_any_stretch_of_a_digest_is_read_right_in_gb18030(start: int) -> None:
    stretch = DIGEST[start : start + 24]
    assert read(stretch.encode("gb18030")) == stretch


def test_a_mark_of_gb18030_at_the_head_is_believed() -> None:
    assert read(b"\x84\x31\x95\x33" + "條".encode("gb18030")) == "條"


def test_line_ends_of_other_systems_become_one_kind() -> None:
    assert read("一\r\n二\r三\n".encode()) == "一\n二\n三\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("第一条\n第二条".encode()[:-1], r"a.txt:2: byte 17 .* the file breaks off inside a character; fetch it again"),
        (
            "第一条。\n".encode() * 5 + b"\xff" + "第二条。".encode(),
            r"a.txt:6: byte 66 \(0xff\) is no UTF-8, as the rest",
        ),
        (b"\xff\xfe" + "第一条".encode("utf-16-le") + b"\x00", r"is no UTF-16: the file breaks off"),
        (b"\xef\xbb\xbf\xff\xff", r"a.txt:1: byte 1 \(0xff\) is no UTF-8"),
        (bytes(range(256)) * 4, r"is no text in UTF-8, GB18030, Big5 or UTF-16 .*; open it in an editor"),
        (b"\x00\x01\x02\x03" * 300, r"is no text in UTF-8|control characters"),
        (("\x01\x02" * 40 + "第一条").encode(), r"80 of its 83 characters are control characters, so it is no text"),
        ("제1조 이 법은 국민의 복지를 위하여 필요한 사항을 규정한다".encode("euc-kr"), r"is no text in UTF-8, GB18030"),
        ("Élégie à Ésaü où naît l’été".encode("cp1252"), r"is no text in UTF-8, GB18030"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        read(data)


def test_a_declared_encoding_counts_only_where_the_bytes_agree() -> None:
    sentence = SIMPLIFIED[0]
    assert decode(PATH, sentence.encode("gb18030"), "gb2312") == sentence
    assert decode(PATH, sentence.encode("gb18030"), "utf-8") == sentence
    assert decode(PATH, sentence.encode("gb18030"), "no-such-encoding") == sentence
    assert decode(PATH, sentence.encode("gb18030"), "base64") == sentence
    assert decode(PATH, sentence.encode(), "gb2312") == sentence
    assert decode(PATH, "條".encode("big5"), "Big5") == "條"
