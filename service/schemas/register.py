"""The register: one page of it, and its charts."""

from __future__ import annotations

from pydantic import ConfigDict

from service.schemas.body import Body
from service.schemas.documents import METADATA, MetadataBody


class FacetBody(Body):
    """A further choice, and how many documents it would leave."""

    value: str
    count: int


class TopicFacetBody(FacetBody):
    """A further topic, and the branch of the tree of topics that it stands under; null for a branch and for a word of
    no tree."""

    under: str | None


class FacetsBody(Body):
    """The further choices of the register: topics in the order of their tree, levels from the nation down, years newest
    first."""

    topic: list[TopicFacetBody]
    level: list[FacetBody]
    status: list[FacetBody]
    issuer: list[FacetBody]
    year: list[FacetBody]


class RegisterBody(Body):
    """One page of the documents that meet all filters, newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"items": [METADATA], "total": 1, "page": 1, "page_size": 20,
                 "facets": {"topic": [{"value": "养老服务", "count": 1, "under": "一老一小"}], "level": [{"value": "municipal", "count": 1}],
                            "status": [], "issuer": [], "year": []}}
            ]
        }
    )  # fmt: skip

    items: list[MetadataBody]
    total: int
    page: int
    page_size: int
    facets: FacetsBody


class YearBody(Body):
    """How many documents a year brought, or the years `before` it, where the oldest stand together."""

    year: int
    before: bool
    count: int


class YearsBody(Body):
    """The documents by year; `chart` is an SVG, null where no document has a year."""

    chart: str | None
    rows: list[YearBody]


class EndingBody(Body):
    """A document that ends soon, and its last day."""

    doc_id: str
    title: str
    expires: str
    url: str


class EndingsBody(Body):
    """The documents that end within two years, the first to end first; `chart` counts them by half-year, null where
    there are none."""

    chart: str | None
    rows: list[EndingBody]


class FiguresBody(Body):
    """The documents that meet all filters, by year and by their end."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"issued": {"chart": "<svg .../>", "rows": [{"year": 2024, "before": False, "count": 3}]},
                 "expiring": {"chart": None, "rows": []}}
            ]
        }
    )  # fmt: skip

    issued: YearsBody
    expiring: EndingsBody
