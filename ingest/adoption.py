"""The official text of a document takes the place of its digest.

A full text is known by its 文号 or its title. It keeps the id that the digest had, so that links and judged
questions still point at it, and takes over what the text itself does not say: topics, relations, validity.
A digest never takes the place of an official text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kb.text.names import normal_name
from kb.types import Document


def adopt(document: Document, known: Iterable[Document]) -> Document:
    """Give `document` the id and the data of the digest that it is the official text of, if there is one."""
    if document.kind == "digest":
        return document
    names = {normal_name(name) for name in (document.doc_no, document.title) if name}
    for digest in known:
        if digest.kind != "digest":
            continue
        if names & {normal_name(name) for name in (digest.doc_no, digest.title) if name}:
            return take_over(document, digest)
    return document


def prevails(document: Document, earlier: Document) -> bool:
    """Say whether `document` may take the place of `earlier`, which has its id."""
    return document.kind != "digest" or earlier.kind == "digest" or document.source == earlier.source


def take_over(document: Document, digest: Document) -> Document:
    """Give the official text of a digest with the id and the data of the digest."""
    return replace(
        document,
        doc_id=digest.doc_id,
        short_title=document.short_title or digest.short_title,
        aliases=document.aliases or digest.aliases,
        issuers=document.issuers or digest.issuers,
        doc_no=document.doc_no or digest.doc_no,
        index_no=document.index_no or digest.index_no,
        proposal_no=document.proposal_no or digest.proposal_no,
        issued=document.issued or digest.issued,
        effective=document.effective or digest.effective,
        expires=document.expires or digest.expires,
        amended=document.amended or digest.amended,
        status=digest.status if document.status == "unknown" else document.status,
        level=document.level or digest.level,
        region=document.region or digest.region,
        topics=document.topics or digest.topics,
        relations=document.relations or digest.relations,
    )
