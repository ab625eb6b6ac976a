"""Follow-ups: a question that leans on those before it, made whole.

那2027年呢？ asks what the question before asked, of another year; 三孩呢？ the same of another thing: what is new takes
the place of what it stands against (`kb.question.replacement`). What has no such place and asks nothing itself (单位呢)
is put before the question that was asked; what asks is put behind what that question was about, without the words that
asked it. A correction (不是，我问的是…) takes the place of what it corrects. Small talk asks nothing, so that nothing
leans on it.

A conversation has topics: its questions that stand by themselves. What leans is joined with one topic and never with
another question that leans, so that the five hundredth turn is as short as the second.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from kb.question.ambiguity import is_general
from kb.question.article_question import article_asked
from kb.question.replacement import names_place, replaced
from kb.question.several import asks
from kb.question.small_talk import small_talk
from kb.text.fold import fold, fold_text
from kb.text.people import SpokenPerson, people_in
from kb.text.places import NATION, Gazetteer
from kb.text.terms import bigrams
from kb.types import Query

# Words that a question opens or ends with where it goes on from another: pointers, 还有, 换成, and a bare 呢.
_LEANS = re.compile(
    r"^(那|那么|那个|它|其|他们|她们|他|她|这|该|上述|还有|另外|此外|再|如果是|换成|要是|同时|主要|一共|总共|除此|除了这|然后|接着|具体)"
    r"|呢[?]?$|它|这(个|些|份|项|条|里|类|种|件|笔)|那(个|些|份|项|里|边|类|种|件|笔)|上面|刚才|前面|[,，](呢|又)[?]?$"
)
# 不是，我问的是…: what stands before is taken back, what stands behind is the question.
_CORRECTION = re.compile(
    r"^[\W]*(?:(?:不是(?:的|这个)?|不对|错了|你错了|(?:搞|弄|说|问|理解)错了)[,.!\s]*)?(?:(?:我|我们)(?:是)?(?:问|说|指|想问|要问|想知道)的?(?:的?是|的)|(?:我|我们)是?(?:要|想)问(?:的是)?|(?:我|我们)是(?:问|说|指))[\W]*"
)
# 不是问甲，是问乙 says itself what is to be replaced.
_CONTRAST = re.compile(
    r"^[\W]*(?:(?:不对|错了)[\W]*)?(?:我?不(?:是|问)(?:问)?)(?P<old>[^,.;!?]{1,12}?)了?[,.;]?(?:而?是|(?:我|我们)(?:是)?(?:想|要)?(?:问|说|指)的?(?:的?是)?)(?P<new>[^,].*)$"
)
# 为什么 alone asks for the reason of the answer before.
_WHY = re.compile(r"^[\W]*(那)?(为什么|为何|为啥|原因)(呢|是什么)?\W*$")
# A question that asked for the reason already is not asked with 为什么 before it.
_REASON = re.compile(r"为什么|为何|为啥|原因")
# The end of a question that asks: what follows such a word is at most a noun (多少平方米).
_ASKS = re.compile(
    r"(是|有)?(多少|多[大长久高远]|几|哪些|哪|什么时候|什么|谁|怎么|如何|吗|呢|是否|能不能|可不可以)[^,。]{0,12}[?]?$"
)
# What asks, in the question before: left out where it only says what the next one is about, with the word that leads up to
# it where that is none of another word (行为怎么, 需要多少).
_LEADING_UP = r"(?:是|从|(?<!需)要|(?<![可所])以|(?<![行认作])为|(?<![自理])由|(?<![存现])在|(?<![没具])有)?"
_COUNTED = r"(?:钱|个?工作日|个?月|[个项家种名户件份天日年元岁次台张层倍])(?:以内|之内|内)?"
_ASKING = re.compile(
    rf"{_LEADING_UP}(?:多少(?:{_COUNTED})?|多[大长久高远]|几(?:{_COUNTED}|[^\W\d])?|哪(?:些|个|几|里|儿|天|年|家)?|什么时候|"
    r"什么(?:是|叫|样的?)?|谁来?|(?:该|要)?[怎咋]么?办|怎么样?|怎样|如何|为什么|为何|是否|能不能|可不可以|有没有|是不是)|[吗呢吧么]?[?]+$|[吗呢]$"
)
_SHORT = 10  # characters up to which a question after another is taken to lean on it
_BACK = 2  # topics with each of which a new question may be joined
_KEPT = 24  # topics that are remembered
_POINTER = re.compile(
    r"^(?:那么?|那个)?(?:它们?(?:的话)?|(?:这|该|那)(?:个|些|份|项|条|类|种)?(?:办法|文件|规定|政策|方案|意见|条例|通知)?|其中|里面|上述\w{2})?(?:里面?|中|的)?"
)
# What things have, by the last character of its name: 租金, 面积, 期限, 材料; nobody and no place is one.
_QUANTITY = re.compile("[^\\W\\d]{1,3}[金额积价费率数量度限期准件料程序续式址话求围象容]")
# 保租房的面积标准(是多少): the thing, what is asked of it, and the words that ask.
_THING = re.compile(
    r"([^,，]{2,}的)[^的,，多几怎如是有]{2,5}?((?:(?:分别|各)?(?:是|有|为)?(?:多少|多[大长久高]|几|什么|怎么|如何)[^\W的]{0,3})?)$"
)
_SUBJECT = re.compile(r"([^的,，]{3,12})的[^的,，]{2,6}(?:是|在|有)")
_YEAR = re.compile(r"(?:到|在)?(?:19|20)\d\d年?(?:底)?")
_IN_ALL = re.compile(r"(?:一|总)共$|加起来$|合计$")
_CLAUSE_END = re.compile(r"[,，;；。?？!！]")
_WRONG = re.compile(r"^\W*我?(?:不对|[^\W\d]?错了)")
_LEAD = re.compile(r"^(?:我?(?:(?:不对)+|不是|不|[^\W\d]?错了)[,.])?(那么?|那个)?(要是|如果是|换成|换了)?")
_PRONOUN = re.compile("[他她]")
# The age right behind a person (我妈七十二坐公交); what counts something else is none (我三十天能领多少).
_AGE = re.compile(
    r"^(?:今年|已经|都|快|才)*(?:\d{2,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|一百[零一二三四五六七八九十]*)(?:周?岁|(?![\d个月天年元块次层平套口]))多?了?[,，]?"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question in its conversation: `query` is made whole, `asked` are the words of it that ask, `earlier` what was
    asked before, where there is anything; `leans` says that the new words are nothing without it, `guessed` that what
    they stand against is not known, so that an answer which was given before may be none to them."""

    query: Query
    asked: str
    earlier: str | None
    leans: bool
    guessed: bool = False

    @classmethod
    def alone(cls, query: Query) -> Turn:
        """Take a question by itself."""
        return cls(query, query.text, None, False)

    @property
    def is_joined(self) -> bool:
        """Say whether the question is asked behind what an earlier one was about, whose words it does not hold
        itself."""
        return self.leans and self.asked != self.query.text


def resolve(query: Query, topics: Collection[str] = (), places: Gazetteer = NATION) -> Turn:
    """Read a question in the light of those before it, by its form; one of the folded `topics` or of the `places` in
    the new words takes the place of one before.

    >>> resolve(Query("", "那2027年呢？", previous=("到2025年要开展多少个试点？",))).query.text
    '到2027年要开展多少个试点？'
    >>> resolve(Query("", "社区食堂平时对哪些人开放？", previous=("托育机构谁来管？",))).query.text
    '社区食堂平时对哪些人开放？'
    >>> resolve(Query("", "蓝领公寓呢？", previous=("公租房怎么申请？",)), ("公租房", "蓝领公寓")).query.text
    '蓝领公寓怎么申请？'
    >>> resolve(Query("", "单位呢？", previous=("垃圾不分类罚多少钱？",))).query.text
    '单位，垃圾不分类罚多少钱？'
    >>> resolve(Query("", "不是，我问的是托育机构由谁管", previous=("社区食堂由谁管？",)), ("托育机构",)).query.text
    '托育机构由谁管'
    """
    return readings(query, topics, places)[0]


def readings(query: Query, topics: Collection[str] = (), places: Gazetteer = NATION) -> list[Turn]:
    """Give what a question may mean in its conversation: first what its form says, then the others: alone, joined with
    the topic that it shares most words with, with the last one. Which of them is meant is seen by what they find.

    >>> before = ("公租房的收入标准是多少？", "社区食堂平时对哪些人开放？")
    >>> [turn.query.text for turn in readings(Query("", "申请材料要交到哪个窗口？", previous=before))]
    ['申请材料要交到哪个窗口？', '社区食堂平时对人开放，申请材料要交到哪个窗口？', '公租房的收入标准，申请材料要交到哪个窗口？']
    """
    alone = replace(query, previous=())
    before, last = _topics_of(query.previous, topics, places)
    if not before:
        return [Turn.alone(alone)]
    return _readings(alone, before, last, topics, places)


def _readings(alone: Query, before: list[str], last: str, topics: Collection[str], places: Gazetteer) -> list[Turn]:
    """Read a question after the topics `before`, the `last` question made whole."""
    earlier, text = before[-1], alone.text
    folded = fold_text(text).strip()
    new, old = _corrected(folded)
    if new != folded:
        folded = text = new

    def turn(whole: str, asked: str, behind: str, leans: bool = True) -> Turn:
        return Turn(replace(alone, text=whole), asked, behind, leans)

    itself = turn(text, text, earlier, leans=False)
    if _WHY.match(folded):
        return [turn(_why(earlier), text, earlier, leans=False)]
    joined = [turn(_joined(one, text), text, one) for one in _likeliest(before, folded)]
    placed = _placed(last, folded, topics, places, old)
    said = _fragment(folded)
    if placed is None and points_back(folded) and not names_place(said, places):
        placed = _of_the_same(last, said)
    tells = asks(last) and _tells_of_somebody(said)
    leans = points_back(folded) or text != alone.text or tells  # a correction leans on what it corrects
    stands = _ASKS.search(folded) is not None and any(topic in folded for topic in topics)
    # 说错了，他68岁 tells more of the one who was asked about and takes the place of nothing.
    if tells and (placed is None or (old is None and _PRONOUN.search(said))):
        # What takes something back says so in the question that is asked again: of two ages the latter counts then.
        again = _asked_again(last, said, takes_back=_WRONG.match(fold_text(alone.text)) is not None)
        first = [turn(again, again, earlier), *joined]
    elif placed is not None and (len(folded) <= _SHORT or leans):
        # Of another place or level only that is asked: the words behind what was asked before would find the old one's.
        first = [turn(placed, placed, earlier), *([] if names_place(said, places) else joined)]
    elif (len(text) > _SHORT or stands) and not points_back(folded):
        first = [itself, *joined]
    elif _asks_the_same(folded, said) and asks(last):
        again = f"{said}，{last}"
        first = [replace(turn(again, again, earlier), guessed=True), *joined]
    else:
        first = [*joined[:1], *([] if is_general(folded) else [itself]), *joined[1:]]
    found: dict[str, Turn] = {}
    for one in first:
        found.setdefault(one.query.text, one)
    return list(found.values())


def points_back(folded: str) -> bool:
    """Say whether a folded question has words by which it goes on from another."""
    return _LEANS.search(folded) is not None


def about(name: str, text: str) -> str:
    """Put the name of a document in the place of the word that points at it, or before the question.

    >>> about("《甲办法》", "这个办法由谁制定？"), about("《甲办法》", "那要多久呢？")
    ('《甲办法》由谁制定？', '《甲办法》要多久呢？')
    """
    rest = _POINTER.sub("", text, count=1)
    return name + rest.lstrip("，, ")


def _placed(
    earlier: str, folded: str, topics: Collection[str], places: Gazetteer, old: str | None = None
) -> str | None:
    """Put what a folded fragment says in the place of what it stands against in a question."""
    rest = _IN_ALL.sub("", _fragment(folded))
    return None if _ASKS.search(rest) else replaced(earlier, rest, topics, old, places)


def _fragment(folded: str) -> str:
    """Give what a follow-up says beside the words that tie it to the question before."""
    return _LEAD.sub("", folded).replace("呢,", ",").strip("呢?,. ").replace(",", "，")


def _asks_the_same(folded: str, said: str) -> bool:
    """Say whether words with a bare 呢 ask what was asked before of something else: 单位呢, but neither 第五条呢, which is
    looked up, nor 怎么办呢; 户型面积呢 and 省里的托位占比呢 name themselves what they ask for, and 私人开的呢 is of the kind
    that was asked about."""
    names_it = _QUANTITY.fullmatch(said) is not None or re.search(r"的\w|[^男女]的$", said) is not None
    whole = names_it or asks(said) or article_asked(said) is not None
    return folded.rstrip("?").endswith("呢") and not whole


def _tells_of_somebody(said: str) -> bool:
    return not asks(said) and (_PRONOUN.search(said) is not None or bool(people_in(said)))


def _asked_again(last: str, said: str, takes_back: bool = False) -> str:
    """Ask a question again with what is `said` now, which asks nothing itself, before the words that ask, as a
    correction where it `takes_back` something. Where that is of somebody else, what was told of those before is no part
    of it.

    >>> _asked_again("我69，坐公交免费吗", "我其实71", takes_back=True)
    '我69，不对，我其实71，坐公交免费吗'
    >>> _asked_again("我妈82岁，低保，每月能领多少补贴？", "她是外省户口"), _asked_again("产假休多少天，我生的第二个", "我老公")
    ('我妈82岁，低保，她是外省户口，每月能领多少补贴', '我老公，产假休多少天')
    >>> _asked_again("我今年62，我去公园要门票吗", "我老伴71"), _asked_again("我妈七十二坐公交要钱吗", "我，我是退伍军人")
    ('我老伴71，我老伴去公园要门票吗', '我，我是退伍军人，我坐公交要钱吗')
    >>> _asked_again("我妈三十天能领多少", "我爸")
    '我爸三十天能领多少'
    """
    clauses = [clause for clause in _CLAUSE_END.split(last) if clause.strip()]
    asking = [n for n, clause in enumerate(clauses) if asks(clause)]
    before = set(map(_whom, people_in(last)))
    somebody = next((one for one in _asked_of(said) if _whom(one) not in before), None)
    if somebody is None:
        told = ("不对", said) if takes_back else (said,)
        return "，".join((*clauses[: asking[0]], *told, *clauses[asking[0] :]))
    name = said[somebody.start : somebody.end]
    asked = [_of(name, clauses[n]) for n in asking]
    return "，".join(asked if said == name and name in "".join(asked) else [said, *asked])


def _whom(person: SpokenPerson) -> str:
    return "我" if person.kind == "self" else person.name  # 我, 我们 and 本人 are who asks


def _asked_of(text: str) -> list[SpokenPerson]:
    """Give those whose case a text may be: a child's is that of its parents."""
    return [one for one in people_in(text) if one.kind not in ("child", "stranger") and not one.is_household]


def _of(name: str, clause: str) -> str:
    """Ask of somebody what a clause asks of another, whose age is not theirs."""
    person = next(iter(_asked_of(clause)), None)
    return clause if person is None else clause[: person.start] + name + _AGE.sub("", clause[person.end :])


def _topics_of(previous: tuple[str, ...], topics: Collection[str], places: Gazetteer) -> tuple[list[str], str]:
    """Give the questions before that stand by themselves, or were made whole by putting something in its place, and the
    last question of all made whole."""
    found: list[str] = []
    last = ""
    for text in previous:
        if small_talk(text, bool(found)) is not None:
            continue
        if not found:
            found.append(text)
            last = text
            continue
        first = _readings(Query("", text), found, last, topics, places)[0]
        last = first.query.text
        if first.query.text == text and not first.leans:
            found.append(text)
        elif not first.query.text.endswith(text):
            new, old = _corrected(fold_text(text).strip())
            found.append(_placed(found[-1], new, topics, places, old) or first.query.text)
        elif first.earlier in found:  # the topic that it leaned on is the last one now
            found.append(found.pop(found.index(first.earlier)))
        del found[:-_KEPT]
    return found, last


def _corrected(folded: str) -> tuple[str, str | None]:
    """Give the words of a correction alone, and what they stand against where it says so.

    >>> _corrected("不是浙江,是杭州"), _corrected("不对,我问的是谁来管"), _corrected("谁来管?")
    (('杭州', '浙江'), ('谁来管', None), ('谁来管?', None))
    """
    contrast = _CONTRAST.match(folded)
    if contrast:
        return _CORRECTION.sub("", contrast["new"]), contrast["old"]
    return _CORRECTION.sub("", folded), None


def _of_the_same(topic: str, new: str) -> str | None:
    """Name another thing of what a question asked one thing of; None where it asked of no such thing.

    >>> _of_the_same("保租房的面积标准是多少？", "租金"), _of_the_same("产假多少天？", "男的")
    ('保租房的租金是多少', None)
    """
    thing = _THING.match(fold_text(topic).rstrip("?。")) if _QUANTITY.fullmatch(new) else None
    return f"{thing[1]}{new}{thing[2]}" if thing else None


def subject_of(question: str) -> str | None:
    """Give what a question names before 的 as that of which it asks something.

    >>> subject_of("杭州市民政局的电话是多少？"), subject_of("它的电话是多少？"), subject_of("要交哪些材料？")
    ('杭州市民政局', None, None)
    """
    folded = fold_text(question)
    match = _SUBJECT.match(folded)
    return match[1] if match and asks(folded) and not points_back(folded) else None


def _why(earlier: str) -> str:
    if _REASON.search(fold_text(earlier)):
        return earlier
    return f"为什么{_ASKS.sub('', fold_text(earlier).rstrip('?。'))}？"


def _likeliest(topics: list[str], folded: str) -> list[str]:
    """Give the topics that a question may lean on: the last one, before it one that shares more words with the
    question."""
    words = frozenset(bigrams(_ASKING.sub(" ", folded)))
    shared = [len(words & frozenset(bigrams(_ASKING.sub(" ", fold_text(topic))))) for topic in topics]
    order = sorted(range(len(topics)), key=lambda n: (-shared[n], -n))
    return [topics[n] for n in order[:_BACK]]


def _joined(topic: str, text: str) -> str:
    """Say what a question was about, without the words that asked, and its year where the other names one, in front of
    another one.

    >>> _joined("单位要在多少天内申请工伤认定？", "不报呢"), _joined("违法行为怎么举报？", "找谁")
    ('单位要申请工伤认定，不报呢', '违法行为举报，找谁')
    >>> _joined("失业金最多领几个月？", "怎么领")
    '失业金最多领，怎么领'
    """
    view = fold(topic)
    kept, at = [], 0
    left_out = [
        *_ASKING.finditer(view.text),
        *(_YEAR.finditer(view.text) if _YEAR.search(fold_text(text)) else ()),
    ]
    for asking in sorted(left_out, key=lambda match: match.start()):
        start, end = view.span(asking.start(), asking.end())
        kept.append(topic[at:start])
        at = max(at, end)
    return "".join((*kept, topic[at:])).rstrip("？?。,， ") + "，" + text
