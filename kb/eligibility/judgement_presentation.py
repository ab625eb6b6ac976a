"""Judgements as JSON and as lines of Chinese, for the API, the page and the command line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from kb.eligibility.benefits import Benefit, QuotedWords
from kb.eligibility.catalogue import Catalogue, Judgement
from kb.eligibility.conditions import NO, UNKNOWN, YES, Condition, Count, Leaf, Not, Truth, negation, open_leaves
from kb.eligibility.facts import TODAY, Fact, FactBook, Profile
from kb.eligibility.questions import FactQuestion
from kb.eligibility.readings import FactReading
from kb.eligibility.reasons import reasons
from kb.eligibility.values import as_json
from kb.provenance import label_of, provenance_of, source_fields, worded
from kb.types import Status
from kb.visibility import has_begun, in_force, status_on

# What the page and the command say for the words of the API.
VERDICT_WORDS = {"eligible": "符合", "not_eligible": "不符合", "undetermined": "还不能确定"}
STATES = {YES: "met", NO: "not_met", UNKNOWN: "unknown"}
STATE_WORDS = {"met": "满足", "not_met": "不满足", "unknown": "未知"}
FOR_WORDS = {"person": "个人", "household": "家庭", "building": "住宅楼", "organisation": "机构"}
# Said beside a verdict whose document may not hold; of one that is in force nothing has to be said.
_STATUS_NOTES: dict[Status, str] = {
    "trial": "所依据的文件是试行", "unknown": "所依据的文件效力不明，请先核实", "draft": "所依据的文件是征求意见稿",
    "planned": "所依据的文件尚未出台",
}  # fmt: skip
_ENDED_NOTES: dict[Status, str] = {
    "expired": "所依据的文件已失效", "repealed": "所依据的文件已废止", "superseded": "所依据的文件已被替代",
}  # fmt: skip
_FOLLOWERS = ("continued_by", "superseded_by")


def fact_payload(fact: Fact) -> dict[str, Any]:
    """Tell a fact that can be asked for, with its choices and its unit."""
    return {
        "id": fact.fact_id, "name": fact.name, "question": fact.question, "type": fact.type, "unit": fact.unit,
        "least": fact.least, "most": fact.most, "group": fact.group, "none": fact.none,
        "choices": [{"value": name, "words": words} for name, words in fact.choices],
        "counted_from": fact.counted.source if fact.counted else None,
        "counted_in": fact.counted.unit if fact.counted else None,
    }  # fmt: skip


def known_payload(catalogue: Catalogue, profile: Profile) -> list[dict[str, Any]]:
    """Tell the facts that the verdicts rest on."""
    return [
        {"id": fact_id, "name": (fact := catalogue.book[fact_id]).name, "value": as_json(value), "words": fact.words(value)}
        for fact_id, value in profile.values.items()
    ]  # fmt: skip


def benefit_payload(catalogue: Catalogue, benefit: Benefit) -> dict[str, Any]:
    """Tell one benefit without a verdict."""
    return {
        "id": benefit.benefit_id, "title": benefit.title, "gives": benefit.gives, "for": benefit.applicant,
        "topic": benefit.topic, "region": benefit.region, "how": benefit.how, "ask_at": benefit.ask_at,
        "since": benefit.since and benefit.since.isoformat(), "until": benefit.until and benefit.until.isoformat(),
        "source": {"doc_id": benefit.source},
        "facts": sorted({catalogue.book.asked(leaf.test.fact_id) for leaf in benefit.conditions.leaves()}),
    }  # fmt: skip


def judgement_payload(
    catalogue: Catalogue, judgement: Judgement, profile: Profile, brief: bool = False
) -> dict[str, Any]:
    """Tell one verdict with every condition and its clause and those of what is given; in `brief` for what applies
    only. What is open `waits_for` facts that are not known, and for `steps` that are not taken yet: what is `to_do`."""
    benefit = judgement.benefit
    whole = not brief or judgement.verdict == "eligible"
    decides = {id(leaf) for leaf in reasons(judgement, catalogue.book, profile)}
    tree = _tree(catalogue, benefit.root, judgement, profile, decides, YES)
    open_facts = [leaf.test.fact_id for leaf in open_leaves(benefit.root, judgement.tests)]
    waiting = list(dict.fromkeys(catalogue.book[fact_id].name for fact_id in open_facts))
    steps = {catalogue.book[fact_id].name for fact_id in catalogue.undone(profile).intersection(open_facts)}
    return {
        **benefit_payload(catalogue, benefit),
        "verdict": judgement.verdict,
        "verdict_words": VERDICT_WORDS[judgement.verdict],
        "conditions": tree if whole else None,
        "waits_for": [name for name in waiting if name not in steps],
        "steps": [name for name in waiting if name in steps],
        "to_do": _to_do(tree, steps, catalogue.book),
        "deciding": [{key: one[key] for key in ("fact", "rule", "clause_id")} for one in told_conditions(tree) if one["decides"]],
        "amounts": [
            {"text": amount.words(value), "certain": truth == YES, **citation(catalogue, amount.clause_id, amount.quote)}
            for amount, value, truth in catalogue.amounts(judgement, profile)
        ],
        "given_by": [citation(catalogue, one.clause_id, one.quote) for one in benefit.given_by] if whole else [],
        "notes": [*judgement.notes, *status_notes(catalogue, benefit, profile.as_of)],
    }  # fmt: skip


def _to_do(tree: Mapping[str, Any], steps: Collection[str], book: FactBook) -> str:
    """Say which `steps` are to be taken yet in a tree of conditions, alternatives joined by 或."""
    if tree["state"] != "unknown":
        return ""
    if tree["kind"] == "condition":
        return book[tree["fact"]].step if tree["name"] in steps else ""
    parts = (_to_do(part, steps, book) for part in tree["parts"])
    return ("、" if tree["all"] else "或").join(dict.fromkeys(filter(None, parts)))


def status_notes(catalogue: Catalogue, benefit: Benefit, day: date) -> list[str]:
    """Say of the documents that a benefit cites which of them did not hold on a day, and whether one that it cites too
    goes on with it."""
    cited = {
        clause.document.doc_id: clause.document for clause in map(catalogue.sources.__getitem__, benefit.clauses())
    }
    notes: set[str] = set()
    for document in cited.values():
        if not has_begun(document, day):
            continue  # what begins later is told by the period
        status = status_on(document, day)
        if in_force(document, day):
            notes |= {_STATUS_NOTES[status]} if status in _STATUS_NOTES else set()
            continue
        follows = any(
            one.type in _FOLLOWERS and one.target in cited and in_force(cited[one.target], day)
            for one in document.relations
        )
        notes.add(_ENDED_NOTES.get(status, _ENDED_NOTES["expired"]) + ("，由所引的后续文件延续执行" if follows else ""))
    return sorted(notes)


def question_payload(question: FactQuestion, doubted: FactReading | None = None) -> dict[str, Any]:
    """Tell a question worth asking next; `settles` is the share of open benefits that an answer is expected to settle,
    `suggested` what was read of it with doubt."""
    suggested = doubted and {
        "value": as_json(doubted.value),
        "words": question.fact.words(doubted.value),
        "said": doubted.said,
    }
    told = {"settles": round(question.settles, 3), "benefits": question.benefits, "suggested": suggested}
    return {**fact_payload(question.fact), **told}


def citation(catalogue: Catalogue, clause_id: str, quote_text: str) -> dict[str, Any]:
    """Cite a clause of a benefit, with the words that its rule rests on."""
    source = catalogue.sources[clause_id]
    document, clause = source.document, source.clause
    fields = source_fields(document, provenance_of(document, clause), label_of(document, clause))
    fields["confidence"] = source.confidence
    return worded({"clause_id": clause_id, "doc_id": document.doc_id, **fields, "quote": quote_text})


def _tree(
    catalogue: Catalogue, node: Condition, judgement: Judgement, profile: Profile, deciding: set[int], wanted: Truth
) -> dict[str, Any]:
    """Tell a node; under a `not` a condition is met where its test is not."""
    truth = node.truth(judgement.tests)
    state = STATES[truth if wanted == YES else negation(truth)]
    if isinstance(node, Leaf):
        fact = catalogue.book[node.test.fact_id]
        value = profile.as_of if fact.fact_id == TODAY else profile.values.get(fact.fact_id)
        return {
            "kind": "condition", "state": state, "fact": fact.fact_id, "name": fact.name,
            "rule": node.test.words(fact, wanted),
            "used": None if value is None else fact.words(value), "decides": id(node) in deciding,
            **citation(catalogue, node.clause_id, node.quote),
        }  # fmt: skip
    if isinstance(node, Not):
        return _tree(catalogue, node.part, judgement, profile, deciding, negation(wanted))
    assert isinstance(node, Count)
    parts = [_tree(catalogue, part, judgement, profile, deciding, wanted) for part in node.parts]
    if len(parts) == 1:
        return parts[0]
    needed = node.needed if wanted == YES else len(parts) - node.needed + 1
    every = needed == len(parts)
    words = "全部满足" if every else "满足任意一项" if needed == 1 else f"至少满足{needed}项"
    return {"kind": "group", "state": state, "words": words, "all": every, "parts": parts}


def told_conditions(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the conditions of a told tree, in the order of the rule."""
    if tree["kind"] == "condition":
        yield tree
    else:
        for part in tree["parts"]:
            yield from told_conditions(part)


def explain(catalogue: Catalogue, benefit: Benefit) -> str:
    """Write a rule in Chinese, every condition with its clause."""
    lines = [
        benefit.title,
        f"给什么：{benefit.gives}{_notes_of(catalogue, benefit.given_by)}",
        f"给谁：{FOR_WORDS[benefit.applicant]}（{benefit.region}）",
    ]
    for amount in benefit.amounts:
        under = "" if amount.when is None else "，" + _inline(catalogue, amount.when)
        cap = f"，不超过{catalogue.book[amount.no_more_than].name}" if amount.no_more_than else ""
        lines.append(
            f"数额：{amount.words(amount.value)}{under}{cap} —— {citation(catalogue, amount.clause_id, amount.quote)['reference']}"
        )
    lines += [f"怎么办：{benefit.how}", f"问哪里：{benefit.ask_at}", "条件："]
    lines += _lines(catalogue, benefit.root, 1, YES)
    return "\n".join(lines)


def _notes_of(catalogue: Catalogue, quoted: Sequence[QuotedWords]) -> str:
    notes = "、".join(dict.fromkeys(citation(catalogue, one.clause_id, one.quote)["note"] for one in quoted))
    return f" —— {notes}" if notes else ""


def _lines(catalogue: Catalogue, node: Condition, depth: int, wanted: Truth) -> list[str]:
    indent = "  " * depth
    if isinstance(node, Leaf):
        rule = node.test.words(catalogue.book[node.test.fact_id], wanted)
        return [f"{indent}· {rule} —— {citation(catalogue, node.clause_id, node.quote)['note']}"]
    if isinstance(node, Not):
        return _lines(catalogue, node.part, depth, negation(wanted))
    assert isinstance(node, Count)
    if len(node.parts) == 1:
        return _lines(catalogue, node.parts[0], depth, wanted)
    needed = node.needed if wanted == YES else len(node.parts) - node.needed + 1
    words = "以下全部" if needed == len(node.parts) else "以下任意一项" if needed == 1 else f"以下至少{needed}项"
    below = [line for part in node.parts for line in _lines(catalogue, part, depth + 1, wanted)]
    return [f"{indent}{words}：", *below]


def _inline(catalogue: Catalogue, node: Condition) -> str:
    return "、".join(leaf.test.words(catalogue.book[leaf.test.fact_id]) for leaf in node.leaves())


def _met_lines(tree: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Tell what is met; of alternatives those that are met first, and the others by their rules, since nobody need meet
    them."""
    if tree["kind"] == "condition":
        yield indent + _condition_line(tree)
    elif tree["all"]:
        for part in tree["parts"]:
            yield from _met_lines(part, indent)
    else:
        yield f"{indent}{tree['words']}即可："
        for part in tree["parts"]:
            if part["state"] == "met":
                yield from _met_lines(part, indent + "  ")
        for part in tree["parts"]:
            if part["state"] != "met":
                references = "、".join(dict.fromkeys(leaf["reference"] for leaf in told_conditions(part)))
                yield f"{indent}  其他情形　{_rule_words(part)} —— {references}"


def _failed_lines(tree: Mapping[str, Any], indent: str) -> list[str]:
    """Tell the conditions that decide against somebody, alternatives under what they are."""
    if tree["kind"] == "condition":
        return [indent + _condition_line(tree)] if tree["decides"] else []
    lines = [line for part in tree["parts"] for line in _failed_lines(part, indent)]
    if tree["all"] or len(lines) < 2:
        return lines
    return [f"{indent}{tree['words']}即可：", *(f"  {line}" for line in lines)]


def _condition_line(told: Mapping[str, Any]) -> str:
    used = f"（{told['used']}）" if told["used"] else ""
    return f"{STATE_WORDS[told['state']]}　{told['rule']}{used} —— {told['reference']}"


def _rule_words(tree: Mapping[str, Any]) -> str:
    """Say a rule in one line: 年龄达到60周岁，且残疾：是."""
    if tree["kind"] == "condition":
        return str(tree["rule"])
    parts = [_rule_words(part) if part["kind"] == "condition" else f"（{_rule_words(part)}）" for part in tree["parts"]]
    if tree["all"]:
        return "，且".join(parts)
    return "，或".join(parts) if tree["words"] == "满足任意一项" else f"{tree['words']}：{'、'.join(parts)}"


def consultation_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Tell a consultation in lines of Chinese: what was read, what applies and what does not, and what to ask next."""
    for reading in told["readings"]:
        doubt = "" if reading["certain"] else "，待确认"
        yield f"读到：{reading['name']} {reading['words']}（“{reading['said']}”{doubt}）"
    for person in told["unread"]:
        said = "、".join(f"{one['name']} {one['words']}" for one in person["readings"])
        yield f"还说到{person['name']}：{said}。要查询{person['name']}的，请单独说明。"
    for verdict in ("eligible", "not_eligible"):
        for benefit in (one for one in told["benefits"] if one["verdict"] == verdict):
            applies = verdict == "eligible"
            amounts = "、".join(amount["text"] for amount in benefit["amounts"] if applies and amount["certain"])
            yield f"\n{benefit['verdict_words']}：{benefit['title']}{'　' + amounts if amounts else ''}"
            yield from (_met_lines if applies else _failed_lines)(benefit["conditions"], "  ")
            for note in benefit["notes"]:
                yield f"  注意：{note}"
    undetermined = [one["title"] for one in told["benefits"] if one["verdict"] == "undetermined"]
    yield f"\n还不能确定（{len(undetermined)}项）：{'、'.join(undetermined)}"
    for question in told["questions"][:5]:
        yield f"  还想知道：{question['question']}（关系到{question['benefits']}项）"
