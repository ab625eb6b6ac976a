"""Facts of yes or no by the thing that one has or has done, and not by each wording of it.

Per fact what the thing is called and what one does with it. The thing behind a denial (没签过合同), or before one in
the same clause (公租房我没申请过), is no; the thing with its verb (签订了三年期合同), or with a word of completion
(生育登记办好了), is yes.
"""

from __future__ import annotations

from kb.eligibility.values import Value

_THINGS: tuple[tuple[str, str, str], ...] = (
    ("labour_contract", r"(?:劳动)?合同", r"签|有"),
    ("residence_permit", r"居住证|居住登记", r"办|持|有|领"),
    ("has_licence", r"营业执照|执照", r"办|持|有|领"),
    ("birth_registered", r"生育登记", r"办|做"),
    ("maternity_pay", r"生育津贴", r"领|拿|享受|发"),
    ("one_child_certificate", r"独生子女(?:父母)?(?:光荣)?证|独生证|光荣证", r"有|领|办|持"),
    ("assessed", r"(?:需求|能力|失能)?(?:评估|评级|评过级)", r"做|评|有"),
    ("has_lift", r"电梯", r"装|有"),
    ("expropriation", r"征收|拆迁", r"列入|要|通知"),
    ("gets_rent_subsidy", r"(?:公租房|租赁|租房)(?:的|货币)?补贴", r"申请|领|拿|享受"),
    ("applied_public_rental", r"公租房(?!的?(?:货币)?补贴)", r"申请|排队|排"),
    ("childcare_subsidy_claimed", r"育儿补贴", r"申请|申领|领|拿"),
    ("institution_approved", r"民政(?:局|部门)?", r"批准?|同意"),
    ("use_change_approved", r"(?:房屋)?用途", r"批准?|同意"),
    ("has_assembly", r"业主大会", r"开|召开|成立"),
    ("committee_checked", r"业委会|业主委员会", r"审核?|查|通过"),
    ("street_confirmed", r"街道(?:办(?:事处)?)?", r"确认|盖章"),
    ("runs_canteen", r"社区食堂|老年食堂|助餐点", r"办|开|运营|承办"),
    ("time_savings", r"志愿者?", r"做|当"),
    ("provides_nursery", r"(?:托育|托儿|托班)(?:班|所|点)?", r"办"),
    ("three_party_contract", r"三方协议", r"签|有"),
    ("rents", r"(?<!公)(?<!保)租房", r"在|是"),
)  # fmt: skip
# What denies, in the standard language and in the dialects around; what was forgotten or is void by now is not there
# either.
_NO = r"(?:从来?没有?|还没有?|没有?|没得|莫得|呒没|并?未|尚未|从未|并无|不曾|忘记|忘了?)"
_VOID = r"(?:注销|吊销|过期|失效)"
_DONE = r"有的$|下来了?$"


def denials() -> tuple[tuple[str, Value, bool, str], ...]:
    """Give the phrases, a denial before the plain statement of each fact."""
    found: list[tuple[str, Value, bool, str]] = []
    for fact_id, thing, verbs in _THINGS:
        done = rf"(?:{verbs})[了过好完有到]?"
        found.append(
            (
                fact_id,
                False,
                True,
                rf"{_NO}(?:被)?(?:{done})?[^,没未想要]{{0,5}}?(?:{thing})|(?:{thing})(?:我|也|还|一直|都|从来|那边|办){{0,2}}{_NO}(?!想|问题|{done}[^,]{{0,3}}津贴)|(?:{thing})[^,没未不]{{0,5}}{_VOID}",
            )
        )
        found.append(
            (
                fact_id,
                True,
                True,
                rf"(?<![没未不想要])(?:{verbs})(?:了|过|有|好|订|着)[^,没未不]{{0,6}}(?:{thing})|(?:{thing})[^,没未不想要]{{0,4}}(?:(?:{verbs})(?:了|过|好|到|完|下来)|(?:正在|已经?)(?:{verbs})|{_DONE})",
            )
        )
    return tuple(found)
