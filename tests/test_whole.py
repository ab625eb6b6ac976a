"""What is quoted is whole: sentences to their full stop, lists with their opening words and all items."""

from __future__ import annotations

from kb.quoting.whole import made_whole, without_fragments
from kb.text.sentences import sentence_spans

DUTIES = "第三条　食堂应当做到：\n（一）公示菜价；\n（二）留样四十八小时：\n1.每餐；\n2.每样；\n（三）每日消毒。\n街道另行检查。"
LONG = (
    "食堂应当做到：\n"
    + "".join(f"（{number}）{'认真' * 20}做好各项工作；\n" for number in "一二三四五六七八")
    + "（九）其他工作。"
)


def told(text: str, *chosen: str) -> list[str]:
    spans = [span for span in sentence_spans(text) if any(words in text[slice(*span)] for words in chosen)]
    return [text[start:end] for start, end in made_whole(text, spans)]


def test_an_item_of_a_short_list_brings_the_list_along() -> None:
    assert told(DUTIES, "公示菜价") == [
        "第三条　食堂应当做到：",
        "（一）公示菜价；",
        "（二）留样四十八小时：",
        "1.每餐；",
        "2.每样；",
        "（三）每日消毒。",
    ]


def test_the_words_that_open_a_list_bring_all_its_items() -> None:
    assert len(told(LONG, "应当做到")) == 10


def test_two_items_of_a_long_list_bring_the_rest_and_one_the_words_that_open_it() -> None:
    assert len(told(LONG, "（二）", "（七）")) == 10
    assert told(LONG, "（七）") == ["食堂应当做到：", f"（七）{'认真' * 20}做好各项工作；"]


def test_the_last_item_on_all_others_brings_these() -> None:
    rest = LONG.replace("（九）其他工作", "（九）其他应当做的工作")
    assert len(told(rest, "（九）")) == 10
    assert len(told(LONG.replace("（九）其他工作", "（九）存档"), "（九）")) == 2


def test_what_is_shown_beside_a_refusal_is_no_half_of_a_sentence() -> None:
    text = "冒领补贴的，责令退回；情节严重的，处罚款。另行公布。"
    start = text.index("情节")
    assert text[slice(*without_fragments(text, (start, start + 9)))] == "冒领补贴的，责令退回；情节严重的，处罚款。"


def test_a_sentence_is_told_to_its_full_stop() -> None:
    text = "本办法自公布之日起施行。首次申请的，补贴三元；再次申请的，补贴两元。街道可以提高补贴。"
    assert told(text, "再次") == ["首次申请的，补贴三元；", "再次申请的，补贴两元。"]
    assert told(text, "提高") == ["街道可以提高补贴。"]


def test_numbered_headings_are_no_list() -> None:
    text = "一、补贴\n每餐补贴三元。\n二、时限\n十五个工作日办结。"
    assert told(text, "三元") == ["每餐补贴三元。"]
    reply = "您的建议收悉，现答复如下：\n一、每餐补贴三元。\n二、十五个工作日办结。"
    assert told(reply, "三元") == ["一、每餐补贴三元。"]


def test_an_item_that_was_read_behind_its_marker_is_told_once() -> None:
    start = DUTIES.index("公示")
    told_of = [DUTIES[a:b] for a, b in made_whole(DUTIES, [(start, start + 5)])]
    assert told_of[1] == "（一）公示菜价；" and len(told_of) == len(set(told_of)) == 6


CARE = (
    "第七条　食堂应当做到：\n（一）公示菜价；\n（二）留样四十八小时。\n违反前款规定的，由街道责令改正。\n拒不改正的，处二百元罚款。\n"
    "第八条　前款不及于第七条。\n第九条　"
    + "街道应当定期检查食堂的卫生状况，" * 20
    + "并且公布。\n违反前款规定的，予以通报。"
)


def test_what_is_said_of_the_paragraph_above_brings_it_along() -> None:
    assert told(CARE, "责令改正") == [
        "第七条　食堂应当做到：",
        "（一）公示菜价；",
        "（二）留样四十八小时。",
        "违反前款规定的，由街道责令改正。",
    ]
    assert told(CARE, "二百元") == ["拒不改正的，处二百元罚款。"]


def test_the_paragraph_above_ends_with_the_article_and_is_left_where_it_is_long() -> None:
    assert told(CARE, "不及于") == ["第八条　前款不及于第七条。"]
    assert told(CARE, "通报") == ["违反前款规定的，予以通报。"]
