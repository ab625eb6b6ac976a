"""Phrases of buildings, owners and organisations: what those say who ask for a house, a company or an institution.

As in `spoken_words`: numbers are digits, a denial stands before what it denies, and the third column says whether the
words leave no doubt. The words are those of the questions in facts.toml and how one says the same at a counter.
"""

from __future__ import annotations

from kb.eligibility.values import Value

_WE = r"(?:我们|咱们?|我司|本公司|本单位|本机构)"
_ELDER_HOME = r"(?:养老院|敬老院|福利院|养老机构|护理院)"
_NURSERY = r"(?:托育|托班|托儿所?|婴幼儿照护)"
_NOT = r"(?:不|没有?|未|尚未|还没)"

BODY_PHRASES: tuple[tuple[str, Value, bool, str], ...] = (
    ("owners_agree", False, True, rf"(?:业主|大家|大伙儿?|居民|邻居们?)[^,]{{0,6}}{_NOT}(?:都|全)?(?:同意|通过|谈拢)[^,]{{0,6}}(?:拆|重建|自主更新|改建)"),
    ("owners_agree", True, True, r"(?:业主|大家|大伙儿?|居民|表决|投票)[^,不没未]{0,8}(?:同意|通过|决定)了?[^,]{0,6}(?:拆|重建|自主更新|改建)"),
    ("hands_over_space", False, True, rf"{_NOT}(?:移交|交)给?(?:政府|街道|国家)"),
    ("hands_over_space", True, True, r"(?<![不没未])(?:移交|交)给(?:政府|街道|国家)"),
    ("property_left", True, True, r"物业[^,没不]{0,5}(?:跑路|跑了|跑掉|撤走|撤离|撤场|撤了|走人)"),
    ("wants_lift", True, True, r"(?:维修资金|维修基金|公积金)[^,不没]{0,8}电梯"),
    ("lift_role", "other", True, r"我们?家?不同意(?:加?装)|我不是业主"),
    ("lift_role", "owning_body", True, r"(?:公有住房|公房|自管房?)的?[^,]{0,4}(?:单位|所有权人|管理人)"),
    ("lift_role", "owner", True, r"我们?家?(?:也|都|是)?同意(?:加?装|的|了|$)|同意加?装(?:电梯)?的业主"),
    ("repair_emergency", "facade", True, r"(?:外墙|墙砖|瓷砖)[^,没不]{0,8}(?:掉|脱落|剥落)"),
    ("repair_emergency", "lift", True, r"电梯[^,没不]{0,6}(?:故障|坏了|停运|困人)"),
    ("repair_emergency", "fire", True, r"消防[^,没不]{0,6}(?:坏|损|失灵|没水)"),
    ("clear_title", False, True, r"(?:产权|权属)[^,]{0,3}(?:不清|不明|有争议|有纠纷)|没有?房产证"),
    ("clear_title", True, True, r"(?:产权|权属|房产证)[^,没不]{0,4}(?:清楚|清晰|明确|齐全)|(?:产权|权属|房产证)[^,]{0,6}没有?(?:纠纷|争议)"),
    ("in_use", True, True, r"(?:已经?|早就)投入使用"),
    ("in_use", False, True, rf"{_NOT}投入使用"),
    ("single_owner", True, True, r"整[幢栋][^,不]{0,6}1个(?:产权人|业主)"),
    ("org_kind", "sole", True, rf"(?:{_WE}|执照|店)[^,不]{{0,4}}个体(?:工商)?户"),
    ("org_kind", "company", True, rf"{_WE}?(?:厂|公司)(?:给|为|里给)|^(?:家政|物业|餐饮|养老)[^,]{{0,4}}(?:公司|企业)$|{_WE}[^,]{{0,9}}(?<!非)企业$"),
    ("org_service", "nursery", True, rf"(?<![^,])(?![^,]*(?:职工|员工))(?:[^,]*?{_WE}[^,不没]{{0,6}}|(?:开|办|做|从事|运营|提供)[^,不没]{{0,4}}){_NURSERY}(?![^,]{{0,4}}(?:多少|贵))"),
    ("org_service", "household", True, r"^家政(?:公司|企业)"),
    ("org_service", "eldercare", True, rf"(?:{_WE}|{_WE}[^,不没在]{{0,4}}[是开办营])(?:的?是)?(?:非?营利性?)?{_ELDER_HOME}(?![^,]*(?:上班|工作|护))|(?<![^,])非?营利性?{_ELDER_HOME}$"),
    ("care_facility", "home", True, rf"{_WE}[^,不没在]{{0,6}}?{_ELDER_HOME}$|(?<![^,])非?营利性?{_ELDER_HOME}$"),
    ("care_facility", "centre", True, r"(?:我们|开|办|运营)(?:的?是)?[^,不没在]{0,6}照料中心$"),
    ("fixed_place", False, True, rf"{_NOT}固定的?(?:场所|场地|地方)"),
    ("fixed_place", True, True, r"(?<!没)有固定的?(?:场所|场地|地方)"),
    ("uses_property", True, True, r"(?:免费|无偿)[^,]{0,5}(?:场地|用房|房子|场所)|(?:场地|用房|场所)(?:都?是)(?:自有|自己|租来?|承租|街道给)的"),
    ("buys_property", True, True, r"(?<!没)(?:购入|购置|受让)[^,没不]{0,6}(?:房产?|房屋|土地|用房|场地)"),
    ("construction_project", True, True, r"(?:新建|在建|建设)[^,没不]{0,8}(?:养老|托育|家政)[^,]{0,6}(?:项目|设施|中心|院)"),
    ("org_kind", "government", True, rf"{_WE}(?:是)?[^,不没]{{0,4}}(?:机关|政府部门)"),
    ("pays_workers", True, True, rf"(?:工资|报酬|薪水)(?:都?是|都?由)?(?:{_WE}|公司)[^,不]{{0,2}}(?:发|付)|{_WE}[^,不没]{{0,8}}发(?:工资|报酬|薪)"),
    ("worker_system", True, True, r"(?:系统|平台)[^,没不]{0,4}(?:登记|管理|录入)"),
    ("idle_premises", True, True, r"(?:空着|空出来|空置|空闲|闲置|废弃)的?[^,]{0,4}(?:厂房|教室|学校|校舍|用房|仓库)"),
    ("embedded_facility", "none", True, r"没有?(?:社区)?嵌入式(?:服务)?设施"),
    ("embedded_facility", "public", True, r"政府[^,]{0,3}建[^,]{0,6}嵌入式"),
    ("catering", True, True, r"餐饮(?:企业|公司)|(?:开|做)[^,没不]{0,3}(?:饭店|餐馆|餐厅|团餐|配餐)"),
    ("property_company", True, True, rf"{_WE}是?[^,不没在]{{0,3}}物业(?:服务)?(?:公司|企业)|^物业(?:服务)?(?:公司|企业)$"),
    ("public_work", True, True, r"(?:政府|街道|居委会?|社区)[^,没不]{0,4}委托(?:给)?我们"),
    ("rental_project", True, True, r"(?:改建|改造|建设|建|改)[^,没不]{0,3}(?:保租房|保障性租赁住房)"),
)  # fmt: skip
