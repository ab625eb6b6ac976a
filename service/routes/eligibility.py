"""POST /api/eligibility: all verdicts for what is known; GET /api/benefits: the benefits and the facts they turn on.

What a person says of themselves comes in the body, is judged, and is gone with the answer: it is neither logged nor
stored, and no cache may keep it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from kb.eligibility.consultation import APPLICANTS, OF_A_PERSON, consult
from kb.eligibility.judgement_presentation import benefit_payload, fact_payload
from service.addresses import addressed
from service.confinement import Day
from service.contract import answers
from service.current_benefits import current_benefits
from service.display import Shown, displayed
from service.routes import OpenLibrary
from service.schemas.eligibility import BenefitsBody, ConsultationBody

router = APIRouter()


class Consultation(BaseModel):
    """What is known: chosen facts, a sentence, or both; a chosen fact wins over the sentence.

    Of several people whom the sentence tells of `about` names the one who is meant, as `unread` of the answer does.
    `applicant` keeps to one kind of applicant (persons and households go together), `benefit` asks only what that
    benefit depends on, `skipped` names facts that are not to be asked for. `brief` leaves out the conditions of what
    does not apply, `only` tells no other benefit than this one.
    """

    model_config = ConfigDict(extra="forbid")

    facts: dict[str, Any] = {}
    text: str = ""
    as_of: Day | None = None
    applicant: Literal["person", "building", "organisation"] | None = None
    benefit: str | None = None
    skipped: list[str] = []
    brief: StrictBool = False
    only: str | None = None
    about: Annotated[str, Field(max_length=20)] = ""


@router.post("/api/eligibility", responses=answers(ConsultationBody, 400, 413, 422, 503))
def judge(library: OpenLibrary, known: Consultation, shown: Shown) -> Response:
    """Judge every benefit; ask what is still open, most useful first."""
    applicants = {None: APPLICANTS, "person": OF_A_PERSON}.get(known.applicant, (known.applicant or "",))
    with library.use() as knowledge_base:
        catalogue = current_benefits(knowledge_base)
        model = knowledge_base.language_model
    as_of = known.as_of or date.today()
    told = consult(
        catalogue, known.facts, known.text, as_of, applicants, known.benefit, known.skipped, model, known.brief, known.only, known.about
    )  # fmt: skip
    return JSONResponse(displayed(addressed(told), shown), headers={"Cache-Control": "no-store"})


@router.get("/api/benefits", responses=answers(BenefitsBody, 422, 503))
def benefits(library: OpenLibrary, shown: Shown, facts_only: bool = False) -> Response:
    """List the benefits, unless only the facts are wanted, and the facts that can be told of oneself."""
    with library.use() as knowledge_base:
        catalogue = current_benefits(knowledge_base)
    told = {
        "benefits": [] if facts_only else [benefit_payload(catalogue, benefit) for benefit in catalogue.benefits],
        "facts": [fact_payload(fact) for fact in catalogue.book if fact.fact_id != "today"],
    }
    return JSONResponse(displayed(addressed(told), shown))
