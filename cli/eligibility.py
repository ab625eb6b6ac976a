"""`kb eligibility`: which benefits a person, household, building or organisation has a right to."""

from __future__ import annotations

import json as json_format
import sys
from datetime import date
from typing import Annotated, Any

import typer

from cli.options import AsOfOption, IndexOption, JsonOption, day, open_knowledge_base, print_json
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.consultation import consult
from kb.eligibility.judgement_presentation import benefit_payload, consultation_lines, explain, fact_payload
from kb.errors import FactError
from service.addresses import addressed

_FACTS = '{"age": 62}'  # how facts are written on the command line


def eligibility(
    facts: Annotated[str, typer.Option(metavar="JSON", help='What is known, like {"age": 62, "hukou": "安徽"}.')] = "",
    text: Annotated[str, typer.Option(help="What somebody says about themselves.")] = "",
    as_of: AsOfOption = None,
    explain_id: Annotated[
        str | None, typer.Option("--explain", metavar="ID", help="Print a rule in Chinese; `facts` lists the facts.")
    ] = None,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Judge every benefit; without facts, list them."""
    knowledge_base = open_knowledge_base(index)
    catalogue = knowledge_base.catalogue
    for one in catalogue.unfounded:
        print(f"kb: {one.title} is not judged: {one.reason}", file=sys.stderr)
    if explain_id:
        _explain(catalogue, explain_id)
        return
    if not facts and not text:
        _list(catalogue, json)
        return
    told = consult(catalogue, _parse(facts), text, day(as_of) or date.today(), model=knowledge_base.language_model)
    if json:
        print_json(addressed(told))
        return
    if text.strip() and not told["readings"] and not told["unread"]:
        print("没有从 --text 中读出具体情况，可以换一种写法，例如：我72岁，杭州户口，已经退休。")
    print("\n".join(consultation_lines(told)))


def _parse(facts: str) -> dict[str, Any]:
    if not facts:
        return {}
    try:
        parsed = json_format.loads(facts)
    except json_format.JSONDecodeError as error:
        raise FactError.of("facts_not_json", field="facts", cause=error, example=_FACTS) from None
    if not isinstance(parsed, dict):
        raise FactError.of("facts_no_object", field="facts", shown=facts[:40], example=_FACTS)
    return parsed


def _explain(catalogue: Catalogue, name: str) -> None:
    if name != "facts":
        print(explain(catalogue, catalogue.find(name)))
        return
    for fact in map(fact_payload, catalogue.book):
        choices = "、".join(f"{choice['value']}={choice['words']}" for choice in fact["choices"])
        print(f"{fact['id']}\t{fact['type']}\t{fact['question']}{'　' + choices if choices else ''}")


def _list(catalogue: Catalogue, json: bool) -> None:
    payloads = [benefit_payload(catalogue, benefit) for benefit in catalogue.benefits]
    if json:
        print_json({"benefits": addressed(payloads)})
        return
    for benefit in payloads:
        print(f"{benefit['id']}\t{benefit['title']}\t{benefit['gives']}")
