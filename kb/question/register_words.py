"""The words with which people ask for documents of a register: one table, a kind of word a line.

They are read on text folded, without spaces and marks, numbers in digits, `NAME` where a document is named. Names of
issuers, places, kinds of paper and topics are not here: they come from the catalogue (`kb.question.vocabulary`).
"""

from __future__ import annotations

import re

from kb.metadata import FIELDS
from kb.question.document_filter import State
from kb.types import Disclosure, Level, RelationType

_MEASURE = "[份部个件篇类项种]"  # What papers are counted by.
# As labels name them and as people do.
_FIELDS = {label: name for name, (label, _) in FIELDS.items()} | {
    "发文字号": "doc_no",
    "日期": "issued",
    "有效期": "expires",
}
_FIELD = "|".join(sorted(_FIELDS, key=len, reverse=True))  # Longer names first, since 成文日期 holds 日期.

WORDS: dict[str, str] = {
    "planned": r"(?:尚未|还未|还没有?|没有?|未)(?:正式)?(?:出台|印发|发布)|(?:计划|拟|准备|等待?|将要?)(?:要)?出台",
    "lasting": r"(?:没有?|未|尚未|还没有?|仍未|不曾)(?:失效|废止|作废|过期|到期)",
    "in_force": r"(?:仍然?|还|现行|继续)?有效(?!期)|现行|(?:仍|还)?在(?:用|执行)",
    "ended": r"(?:已经?|早就?|现已)?(?:失效|废止|作废|过期|到期|不再有效|失去效力|停止执行)(?:作废|失效)?",
    "trial": r"试行|暂行",
    "draft": r"征求意见稿?|草案",
    "unknown": r"(?:效力|状态)(?:状态)?(?:不明|未注明|不清楚?|未知|不确定|没注明)|(?:未|没有?)注明效力(?:状态)?",
    "public": r"(?:主动|对外|向社会)公开", "on_request": r"依申请公开", "withheld": r"(?:不予|不|非)公开",
    "unstated": r"(?:未|没有?)注明公开方式",
    "lacks": rf"(?:没有|未载明?|未注明|未标注?|没写|未写明|缺少?|不带|无)(?:{_FIELD})",
    "has": rf"(?:载明|写明|注明|标注?|有|带)(?:了)?(?:{_FIELD})",
    "national": r"国家(?:级|层面)?|全国(?:性|层面)?|中央|部委|国级",
    "provincial": r"(?:省(?:级|里|内|层面|一级|1级|本级)|[全本我]省)|省(?=出|发|印|的|有|政策|文件|和|、|市|$)",
    "municipal": r"(?:市(?:级|里|内|层面|1级|本级)|[全本我]市)|市(?=出|发|印|的|有|政策|文件|和|、|区|县|$)",
    "district": r"(?:区县|县区|[区县](?=级|里|层面|1级))(?:级|里|层面|1级)?|镇街|乡镇|街道",
    "newest": r"最(?:新|晚|近)(?!\d)", "oldest": r"最(?:早|老|旧|先)",
    "joint": r"联合|共同|会同|1起|都(?=参与|参加|印发|署名)",
    "issue": r"新?(?:印|制|颁|公|发|出|下)(?:发|定|布|台|印)(?:日期|时间)?|成文(?:日期|时间)?|通过|发文|发(?:的|过|了)|发(?=\d|几|多少|哪)|参与|起草|下达|推出",
    "lead": r"牵头(?=印|制|发|出|起草|的|了)",
    "begin": r"(?:开始)?(?:施行|生效|起效)(?:日期|时间)?|开始(?:实施|执行)",
    "until": r"(?:有效期|期限)(?:到|至|截至|截止)?",
    "each": r"各自?(?:有|是|发(?:布|过|了)?|印发了?)?(?=多少|几|哪|有几|有多少|有哪|占)|分别|各(?:级|年|类|单位|部门)|每(?:年|级|类)|按(?:年份?|级别|层级|单位|类型)",
    "titled": r"(?:名称|名字|标题|题目|题名|文件名)(?:里面?|中|上)?(?:包含|包括|出现|带|含|有)(?:有|了)?",
    "topic": r"(?:主题(?:分类|词)?|分类|类别)(?:是|为|属于|归为)?|属于",
    "mentions": r"(?:提到|提及|涉及|讲到|说到|谈到|写到|写明|规定|包含|包括|出现|明确|载有|讲|含)(?:了|过|到|有)?",
    "about": r"有?关于|围绕|针对|事关",
    "rear": r"方面|有?相关|有关|领域|主题|类(?=的|文件|政策)|问题",
    "carries_out": r"贯彻(?:落实|执行)?|落实|执行|实施(?=了|的|\|)|细化",
    "rests_on": r"(?:制定|上位|直接)?(?:依据|根据)(?:了)?|上位法|遵照",
    "replaces": r"替代|取代|代替|替换|替(?=了|\||的)",
    "follows": r"接续|接替|延续|承接|后续|跟进|升级",
    "supports": r"支撑|配套|配合",
    "cites": r"引用|援引|引述",
    "passive": r"由|被|让|为(?=哪)",
    "it": r"它|其(?!中)|该文件|该办法",
    "library": r"资料库|知识库|数据库|文件库|文库|系统里?|库(?:里|中|内)?面?|你们?这里|你这|这里",
    "ask": rf"哪(?:些|几|1)?{_MEASURE}?|多少{_MEASURE}?|几{_MEASURE}|什么|啥|有没有|有无|是否有|总数|数量",
    "list": r"列(?:出|举|1下|个|明)|清单|目录|名单|罗列|列|1览|汇总",
    "paper": r"政策(?:性)?文件|政策法规|法规政策|法规文件|文件|文献|公文|文本|政策|资料|材料|法规|法律(?=文件|依据|$|制)|文(?=有|$)",
    "measure": r"\d+(?:[份部件篇]|个(?=[^\d]{0,6}文件))|[份部件篇]",
    "copula": r"是|为|叫",
    "filler": r"请问?|麻烦|劳驾|帮我?忙?|给我?|替我|我?想?要?(?:知道|了解|看看|看1?下|查看|查1?查|查1?下|问1?下|看|查|问|找)|你们|你|我们|我|想|咱们?|现在|目前|当前|截至|"
    r"截止|其中|里面?|当中|中|内|上|收录|收集|收|存|有|的|了|过|到|都|也|就|还|又|以?及|和|与|跟|同时?|或者?|、|在|把|将|所有|全部|全|各|每|那么?|呢|啊|呀|吧|"
    r"[?。!;]|情况|层面|政府|后来|目前为止|总?共计?|1共|总|合计|统计|1下|下|1[个项种类]|新(?=文件|政策|法规)|能|可以|可|出来|说说|告诉|数1?数|算|所|曾|以|叫做|名为|过来|哪里|具体|简单|起来|出|正式|已经?|类|关系|要求|之前|这些|这|要|需要|过的|谁|"
    r"(?:政协|人大)?(?:提案|建议|议案)的?(?=答复|复函)|吗|么|等|给",
}  # fmt: skip
"""Per kind of word its spellings; of several that fit in one place the longest counts, the first of equals."""

COMPILED = {name: re.compile(pattern) for name, pattern in WORDS.items()}  # Once for all questions.

# From wide to narrow, as lists and tables have them.
LEVELS: tuple[Level, ...] = ("national", "provincial", "municipal", "district")
# What has not begun comes first.
STATES: tuple[State, ...] = ("planned", "in_force", "ended", "trial", "draft", "unknown")
DISCLOSURES: tuple[Disclosure, ...] = ("public", "on_request", "withheld", "unstated")
RELATIONS: dict[str, tuple[RelationType, ...]] = {
    "carries_out": ("implements", "details", "based_on"),
    "rests_on": ("based_on", "implements", "details"),
    "replaces": ("supersedes", "continues", "upgrades"),
    "follows": ("continues", "follows", "supersedes", "upgrades"),
    "supports": ("supports", "companion_of"),
    "cites": ("cites",),
}
"""Per verb how the document that does it stands to the one that it is done to."""


def field_named(word: str) -> str:
    """Give the field of the header that the end of a word names (没有文号: doc_no)."""
    label = next(label for label in sorted(_FIELDS, key=len, reverse=True) if word.endswith(label))
    return _FIELDS[label]
