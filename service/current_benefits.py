"""The benefits that the service judges, every quote of them held against the edition that is served."""

from __future__ import annotations

from kb.eligibility.catalogue import Catalogue
from kb.errors import BenefitError, HomeError, ServiceError
from kb.knowledge_base import KnowledgeBase


def current_benefits(knowledge_base: KnowledgeBase) -> Catalogue:
    """Give the catalogue of an edition, without what rests on documents that are not there for the public; raises
    ServiceError where a rule is wrong."""
    try:
        return knowledge_base.catalogue
    except (BenefitError, HomeError) as error:
        raise ServiceError(error.place, error.sentence, error.values) from error
