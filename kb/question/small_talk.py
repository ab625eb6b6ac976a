"""What is said to the service and is no question about documents: thanks, a greeting, who are you, complaint, pressure.

An utterance is small talk only where nothing is left when the words of courtesy are taken out of it: 谢谢，托育补贴呢
asks. Who one is and what one can do is asked of the service only where it is spoken to: 能做什么？ leans on what was
talked about. So does 找谁投诉？ where something was, unless it is the service that one complains of.
"""

from __future__ import annotations

import re
from typing import Literal

from kb.text.fold import fold_text

Talk = Literal["grievance", "pressure", "complaint", "identity", "thanks", "farewell", "greeting"]

_WORDS: dict[Talk, str] = {
    "grievance": r"(?:怎么|如何|去?哪里?|找谁|向谁)?(?:要|想)?(?:投诉|举报|告)(?=$|[^\w]|你|您|了|这里|这个(?:系统|网站|平台))",
    "pressure": r"(?<!不)错了?|不对|不正确|不是(?:吧|这样的?)|不可能|有误|胡(?:说|扯)(?:8道)?|瞎(?:说|编)|乱(?:说|讲)|骗(?:人|我)?|编的|真的|当真|确定|肯定|不(?:相)?信|再(?:好好)?(?:想想|查查|看看|确认)(?:1下|1遍)?|"
    r"重新(?:回答|查|说|想)(?:1下|1遍)?|别(?:骗|糊弄|敷衍)",
    "complaint": r"垃圾|1点(?:作)?用[都也]没有?|没(?:有?什?么?)?用|什么(?:破|烂)?(?:玩意儿?|东西|系统)|太?(?:差劲?|烂|慢|笨|蠢|傻|难用)|不好用|答非所问|废物|听不懂|看不懂|气(?:死|人)|无语|失望|敷衍|浪费时间",
    "identity": r"(?:是|叫)?(?:谁|哪(?:家|个)(?:公司|单位|部门|团队|机构)?)(?:开发|研发|设计|做|造|训练|运营|维护|管理?)?|(?:是|叫)(?:什么(?:名字|系统|东西|人|模型)?|(?:真人|机器人|人工|ai|人)(?:智能)?)|还是(?:真人|机器人)|"
    r"(?:能|会|可以)(?:帮我)?(?:做|干|回答)?(?:些|哪些)?(?:什么|啥)(?:问题|事情?)?|有(?:什么|哪些)(?:功能|用处?)|介绍1下|自我介绍|怎么(?:使?用|称呼)|用的?(?:是)?(?:什么|哪个)(?:大?模型|技术)|"
    r"(?:数据|资料|文件|内容|答案)(?:是)?(?:从|来自)?(?:哪里?|哪儿|什么地方)来?|(?:靠谱|可靠|准确?|可信)(?:不(?:靠谱|可靠|准确?|可信))?",
    "thanks": r"(?:非常|十分|太|真是?)?(?:感谢|谢谢|多谢|谢)(?:了|啦)?|辛苦|thanks?(?: ?you)?|thx|帮大忙|很有(?:用|帮助)|太好|哈哈+|不错|厉害|(?:长|涨)知识|学到|(?:真|太)?棒|点赞|给力",
    "greeting": r"[你您]好|嗨|哈[喽啰]|hello|hi|早(?:上|安)?好?|(?:上午|中午|下午|晚上)好|在(?:吗|不在|么)|有人(?:吗|在吗)?",
    "farewell": r"再见|拜拜|bye|88|(?:没有?|无)(?:别的|其他的?|什么)?(?:问题|事)|先这样|就这样|好的?|行|知道|明白|清楚|了解|收到|ok|嗯+|哦+",
}
REPLIES: dict[Talk, str] = {
    "grievance": "对这里的回答有意见，可以点“不对”写明错在哪里；要投诉单位或者办事人员，请写明事项再问，或者向它的主管部门反映。",
    "pressure": "回答以所附出处的原文为准，可以点开核对；如有不符，请指出是哪一句，或者换一种说法再问。",
    "complaint": "抱歉没有帮上忙。请写明事项、地区和年份再问一次，也可以点“不对”告诉我们错在哪里。",
    "identity": "这里是政策文件问答：只根据已收录的文件回答，每句话都注明出处。请直接输入要问的政策事项。",
    "thanks": "不客气，还有政策方面的问题可以接着问。",
    "farewell": "好的，需要时可以随时再问。",
    "greeting": "您好，请输入要问的政策事项，例如某项补贴的条件、标准或者办理部门。",
}
_COMPILED = {talk: re.compile(words) for talk, words in _WORDS.items()}  # Once for all questions.
# Who speaks to the system and not about a matter.
_SPOKEN_TO = re.compile(r"[你您]|自己|自我|(?:这个?|本)(?:系统|网站|平台|机器人|助手|工具)")
_OF_SERVICE = re.compile("[你您]|这里|系统|网站|平台|回答|答案")
# What may surround small talk; with anything else in it a sentence is a question about a matter.
_COURTESY = re.compile(
    r"你们?|您|了|啊|呀|吧|吗|么|呢|哦|嘛|的|啦|诶|喂|都|都是|就|也|还|这个?|那|我|真|完全|根本|1点|回答|答案?|说|讲|是|很|太|好|得|系统|网站|平台|助手|工具|自己|我们?|请问?|能|在|来|[^\w]"
)


def small_talk(text: str, after_questions: bool = False) -> Talk | None:
    """Say what kind of small talk an utterance is, alone or after questions for a matter; None where it is none.

    >>> small_talk("你错了吧！"), small_talk("谢谢您"), small_talk("你是谁？"), small_talk("谢谢，那托育补贴呢")
    ('pressure', 'thanks', 'identity', None)
    >>> small_talk("怎么举报？"), small_talk("怎么举报？", after_questions=True), small_talk("我要投诉你们", after_questions=True)
    ('grievance', None, 'grievance')
    """
    folded = fold_text(text).replace("一", "1").replace("八", "8")
    left, first = folded, None
    for talk, words in _COMPILED.items():
        if talk == "identity" and not _SPOKEN_TO.search(folded):
            continue
        if talk == "grievance" and after_questions and not _OF_SERVICE.search(folded):
            continue
        left, times = words.subn("", left)
        first = first or (talk if times else None)
    return first if not _COURTESY.sub("", left) else None
