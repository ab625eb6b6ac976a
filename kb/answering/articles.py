"""Articles asked for by their number are looked up and quoted whole.

The document is the one that the question names, in full or shortly (物业条例), the one that the conversation or the
question is confined to, or the only one that has such an article; where several have it, which one is meant is asked
back. Of the editions of a law the one that holds on the day asked about answers. What is not there is said plainly:
第999条, 第零条, 第十款 of an article with two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise

from kb.answering.inquiry import Inquiry
from kb.article_parts import articles_of_body, clauses_of_article, part_of_article
from kb.editions import core_title
from kb.evidence.succession import Succession
from kb.index.records import Records
from kb.provenance import name_of
from kb.question.article_question import (
    MOST,
    ArticleAsked,
    EditionMeant,
    article_asked,
    articles_asked,
    asked_of_articles,
    edition_meant,
    neighbour,
    spoken_of,
)
from kb.quoting.citing import Citer
from kb.quoting.draft import Draft
from kb.text.markers import read_marker
from kb.text.names import normal_name, shortens
from kb.text.numerals import to_chinese
from kb.text.terms import terms
from kb.types import Answer, Citation, Clause, Document, Query, RefusalKind, Statement
from kb.visibility import begins, day_of, in_force

_SHOWN = 8  # documents named when it is asked back which one is meant
_SHORTEST = 2  # characters of a short name


@dataclass(frozen=True, slots=True)
class ArticleFound:
    """The article as statements with citations, or the words that say why there is none, of which kind."""

    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    refusal: tuple[RefusalKind, str] | None = None


@dataclass(frozen=True, slots=True)
class AskedOfArticles:
    """What is asked, in `words` that name no article, of articles of a document, how these are `called` and their
    clauses."""

    words: str
    document: Document
    called: str
    clauses: tuple[Clause, ...]


class ArticleAnswerer:
    """Looks up articles of one snapshot; `is_visible` says of a query and an ordinal whether the document may be
    seen."""

    def __init__(
        self,
        records: Records,
        document: Callable[[str], Document],
        is_visible: Callable[[Query, int], bool],
        citer: Citer,
        succession: Succession,
    ) -> None:
        self._records = records
        self._document = document
        self._is_visible = is_visible
        self._citer = citer
        self._succession = succession

    @cached_property
    def _names(self) -> list[tuple[str, ...]]:
        """The names of all documents, compared; of a large index made when an article is first asked for."""
        return [_names_of(document) for document in self._records.catalogue]

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """Quote the articles that are asked for, or say why there is none."""
        several = articles_asked(inquiry.turn.asked)
        if several:
            return self._each(several, inquiry)
        place = self.locate(inquiry.turn.asked, inquiry)
        if place is None:
            return None
        found = self._quoted(*place) if isinstance(place, tuple) else place
        if found.refusal:
            return inquiry.refused(*found.refusal, found.citations)
        return self._answered(Draft(self._citer, found.statements, found.citations), inquiry)

    def _each(self, several: Sequence[ArticleAsked], inquiry: Inquiry) -> Answer | None:
        """Quote each of several articles, and say which are not there: of those in a row the first."""
        places = [self._located(asked, inquiry) for asked in several[:MOST]]
        quoted = [self._quoted(*place) for place in places if isinstance(place, tuple)]
        missing = [
            place.refusal
            for before, place in pairwise((None, *places))
            if isinstance(place, ArticleFound) and place.refusal and not isinstance(before, ArticleFound)
        ]
        if not quoted:
            return inquiry.refused(*missing[0]) if missing else None
        draft = Draft(self._citer)
        for found in quoted:
            for statement in found.statements:
                draft.carry(statement, found.citations)
        draft.statements += [Statement(message, (), own=True) for _, message in missing]
        if len(several) > MOST:
            draft.statements.append(Statement(f"一次最多列出{to_chinese(MOST)}条，其余请分次查询。", (), own=True))
        return self._answered(draft, inquiry)

    def _answered(self, draft: Draft, inquiry: Inquiry) -> Answer:
        self._succession.mark(draft, inquiry.query)
        return inquiry.answered(draft)

    def is_name(self, words: str, query: Query) -> bool:
        """Say whether words are the name of a document that may be seen, in full or shortly."""
        return bool(words) and bool(_bearers(normal_name(words), self._named(query)))

    def asked_of(self, inquiry: Inquiry) -> AskedOfArticles | None:
        """Give what a question asks of articles of the one document that it names; nothing where they are not there, or
        it asks for no more than their words."""
        ordinals = inquiry.named.documents or tuple(self._records.ordinals[d] for d in inquiry.query.within or ())
        asked = asked_of_articles(inquiry.named.rest if ordinals else inquiry.text)
        if asked is None or len(ordinals) > 1 or not terms(asked[0]):
            return None
        words, articles = asked
        if ordinals:
            document = self._document(self._records.catalogue[ordinals[0]].doc_id)
        else:
            place = self._located(articles[0], inquiry) if articles[0].name else None
            if not isinstance(place, tuple):
                return None
            document = self._document(place[0].doc_id)
        clauses = [clause for one in articles for clause in self.clauses(document, one)]
        called = "、".join(map(_called, articles))
        return AskedOfArticles(words, document, called, tuple(clauses)) if clauses else None

    def locate(
        self, text: str, inquiry: Inquiry, *, whole: bool = True
    ) -> tuple[Document, ArticleAsked] | ArticleFound | None:
        """Give the document and the article that a text asks for, or the words that say why there is none; nothing
        where it asks for no article, or for something of one where that has to be the `whole` of it."""
        asked = article_asked(text, whole=whole)
        return None if asked is None else self._located(asked, inquiry)

    def _located(self, asked: ArticleAsked, inquiry: Inquiry) -> tuple[Document, ArticleAsked] | ArticleFound | None:
        turn = inquiry.turn
        before = spoken_of(turn.earlier) if turn.earlier else None
        if asked.article is None and asked.chapter is None:
            if before is None or before.article is None:
                return (
                    None
                    if turn.earlier is None and asked.step == "none"
                    else _refused("needs_clarification", _NO_ARTICLE)
                )
            asked = replace(asked, article=neighbour(before.article, asked.step), name=asked.name or before.name)
        elif not asked.name and before is not None:
            asked = replace(asked, name=before.name)
        candidates = self._documents(asked, inquiry)
        if not candidates:
            return _refused("no_evidence", f"没有找到名称为“{asked.name}”的文件；请核对名称，或者写出全称后再问。")
        if asked.article == "0":
            return _refused("no_evidence", "条文从第一条起编号，没有第零条；请核对条号后再问。")
        having = [document for document in candidates if self.clauses(document, asked)]
        if len(having) > 1:
            return self._which(asked, having)
        if having:
            return having[0], asked
        if len(candidates) > 1:
            return _refused(
                "no_evidence",
                f"查找的{len(candidates)}份文件都没有{_called(asked)}；请核对条号，或者写明文件名称后再问。",
            )
        return self._missing(candidates[0], asked)

    def _documents(self, asked: ArticleAsked, inquiry: Inquiry) -> list[Document]:
        """Give the documents that may be meant, of each law the edition that holds on the day."""
        query = inquiry.query
        visible = self._named(query)
        if asked.name:
            found = _bearers(normal_name(asked.name), visible)
            meant = None if found else edition_meant(asked.name)
            if meant is not None:
                return self._edition(_bearers(normal_name(meant.name), visible), meant, query)
        else:
            running = set(inquiry.thread) if inquiry.turn.earlier else set()
            found = [d for d, _ in visible if d.doc_id in running] or [d for d, _ in visible]
        return self._current(found, inquiry.day)

    def _named(self, query: Query) -> list[tuple[Document, tuple[str, ...]]]:
        """Give the documents that may answer, each with its names."""
        return [
            (document, names)
            for ordinal, (document, names) in enumerate(zip(self._records.catalogue, self._names, strict=True))
            if query.reaches(document) and self._is_visible(query, ordinal)
        ]

    def _edition(self, documents: Sequence[Document], meant: EditionMeant, query: Query) -> list[Document]:
        """Give the editions that words before the name tell."""
        if meant.revised is not None:
            return [d for d in documents if (day := d.amended or d.issued) and day.year == meant.revised]
        current = self._current(documents, meant.day or day_of(query))
        if not meant.former:
            return current
        gone = [d for d in documents if any(_is_before(d, other) for other in current)]
        return self._current(gone, day_of(query))

    def _current(self, documents: Sequence[Document], day: date) -> list[Document]:
        """Of the editions of a law give those that hold on the day; where none does, the last that had begun."""
        laws: dict[str, list[Document]] = {}
        for document in documents:
            laws.setdefault(core_title(document.title), []).append(document)
        chosen: list[Document] = []
        for editions in laws.values():
            holding = [document for document in editions if in_force(document, day)]
            begun = [d for d in editions if (first := begins(d)) is None or first.first_day <= day]
            last = sorted(begun or editions, key=lambda d: first.iso if (first := begins(d)) else "")[-1:]
            chosen += holding or last
        return chosen

    def clauses(self, document: Document, asked: ArticleAsked) -> list[Clause]:
        """Give the clauses of a document that are asked for, in their order."""
        clauses = self._records.clauses(document.doc_id)
        if asked.chapter is not None:
            within = [clause for clause in clauses if any(_is_chapter(h, asked.chapter) for h in clause.headings)]
            return within[1:] or within  # the first is its heading
        article = _of_article(document, clauses, asked.article or "")
        return part_of_article(article, asked.paragraph, asked.item, asked.point)

    def _quoted(self, document: Document, asked: ArticleAsked) -> ArticleFound:
        document = self._document(document.doc_id)
        citations = self._citer.cite_clauses(document, self.clauses(document, asked))
        first, *rest = [Statement(citation.quote, (citation.number,)) for citation in citations]
        lead = f"{name_of(document)}{self._called_in(citations[0], asked)}："
        return ArticleFound((replace(first, text=lead + first.text), *rest), citations)

    @staticmethod
    def _called_in(citation: Citation, asked: ArticleAsked) -> str:
        """Name the place before a quotation that does not begin with its number itself."""
        marker = read_marker(citation.quote, 0, len(citation.quote))
        return _called(asked) if asked.chapter else ("" if marker and marker.kind == "条" else citation.label)

    def _which(self, asked: ArticleAsked, having: Sequence[Document]) -> ArticleFound:
        """Ask back which document is meant, with the beginning of what each says."""
        shown = sorted(having, key=lambda d: (len(d.title), d.doc_id))[:_SHOWN]
        firsts = [self.clauses(document, asked)[0] for document in shown]
        citations = tuple(
            self._citer.cite(self._document(d.doc_id), c.start, c.end, number, c.clause_id)
            for number, (d, c) in enumerate(zip(shown, firsts, strict=True), start=1)
        )
        names = "、".join(name_of(document) for document in shown)
        rest = "等" if len(having) > len(shown) else ""
        message = f"{len(having)}份文件都有{_called(asked)}：{names}{rest}。请写明文件名称后再问。"
        return ArticleFound(citations=citations, refusal=("needs_clarification", message))

    def _missing(self, document: Document, asked: ArticleAsked) -> ArticleFound:
        """Say what the document has instead."""
        name, clauses = name_of(document), self._records.clauses(document.doc_id)
        if asked.chapter:
            return _refused("no_evidence", f"{name}没有{_called(asked)}；请核对后再问。")
        whole = _of_article(document, clauses, asked.article or "")
        article = _called(replace(asked, paragraph=None, item=None, point=None))
        if whole:
            paragraphs = len({c.clause_id for c in whole if re.search(r"\.k\d+$", c.clause_id)}) or 1
            has = f"该条共{to_chinese(paragraphs)}款" if asked.item is None else "该条没有这一项"
            cited = self._citer.cite_clauses(self._document(document.doc_id), whole[:1])
            return ArticleFound(citations=cited, refusal=("no_evidence", f"{name}没有{_called(asked)}：{has}。"))
        numbers = [int(m[1]) for c in clauses if (m := re.search(r"#a(\d+)(?:\D|$)", c.clause_id))]
        if document.kind == "digest":  # what a digest leaves out, the document may well have
            return _refused("no_evidence", f"这里只有{name}的摘要，摘要中没有{article}；请查阅正式公布的文本。")
        if not numbers:
            return _refused("no_evidence", f"{name}不是按条编写的，没有{article}。")
        last = (
            f"该文件的条文到第{to_chinese(max(numbers))}条为止"
            if int((asked.article or "").partition("-")[0] or 0) > max(numbers)
            else "该文件的条号中没有这一条"
        )
        return _refused("no_evidence", f"{name}没有{article}：{last}；请核对条号后再问。")


_NO_ARTICLE = "不清楚说的是哪一条；请写明文件名称和条号后再问。"


def _refused(kind: RefusalKind, message: str) -> ArticleFound:
    return ArticleFound(refusal=(kind, message))


def _called(asked: ArticleAsked) -> str:
    """Name what is asked for as a document would: 第二十二条之一第一款第（三）项."""
    if asked.chapter:
        return re.sub(r"\d+", lambda number: to_chinese(int(number[0])), asked.chapter)
    article = asked.article or ""
    if article.startswith("-"):
        if article == "-0":
            return "最后一条之后的条文"
        return "最后一条" if article == "-1" else f"倒数第{to_chinese(int(article[1:]))}条"
    number, _, insertion = article.partition("-")
    words = f"第{to_chinese(int(number))}条" + (f"之{to_chinese(int(insertion))}" if insertion else "")
    words += _counted("第{}款", asked.paragraph) if asked.paragraph is not None else ""
    return words + (_counted("第（{}）项", asked.item) if asked.item is not None else "")


def _counted(named: str, number: int) -> str:
    """Name a part by its number: 第二款, 最后一款."""
    if number > 0:
        return named.format(to_chinese(number))
    return f"最后一{named[-1]}" if number == -1 else f"倒数第{to_chinese(-number)}{named[-1]}"


def _of_article(document: Document, clauses: Sequence[Clause], article: str) -> list[Clause]:
    """Give the clauses of an article of the body, else of an annex."""
    if article.startswith("-"):
        article = _from_the_end(clauses, int(article[1:])) or article
    annexed = re.compile(rf"{re.escape(document.doc_id)}#annex[^.]*\.a{re.escape(article)}(?:\.|$)")
    return clauses_of_article(clauses, article) or [c for c in clauses if annexed.match(c.clause_id)]


def _from_the_end(clauses: Sequence[Clause], place: int) -> str | None:
    """Give the number of the article that is the last of the body, or the second, third from its end."""
    articles = articles_of_body(clauses)
    return articles[-place] if 0 < place <= len(articles) else None


def _is_before(document: Document, other: Document) -> bool:
    """Say whether a document is an earlier edition of the law that another is one of."""
    first, after = begins(document), begins(other)
    same = core_title(document.title) == core_title(other.title)
    return same and first is not None and after is not None and first.first_day < after.first_day


def _is_chapter(heading: str, chapter: str) -> bool:
    """Say whether a heading is that of a chapter: 第六章　附则 of 附则 and of 第6章."""
    tight = normal_name(heading)
    return tight.startswith(chapter) or (
        not chapter.startswith("第") and re.search(rf"[章编节]{chapter}$", tight) is not None
    )


def _names_of(document: Document) -> tuple[str, ...]:
    names = (document.title, document.short_title, *document.aliases)
    return tuple(dict.fromkeys(core_title(name) for name in names if name))


def _bearers(name: str, documents: Sequence[tuple[Document, tuple[str, ...]]]) -> list[Document]:
    """Give the documents of a name: those that bear it, else those whose names it shortens, character by character in
    their order, up to the same end (物业条例 for 某市物业管理条例)."""
    name = core_title(name)
    exact = [document for document, names in documents if name in names]
    if exact or len(name) < _SHORTEST:
        return exact
    return [d for d, names in documents if any(shortens(name, known) for known in names)]
