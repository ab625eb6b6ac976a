"""When an article was changed and how it read before, told from the editions of its law.

The article is followed back through the editions that came before, by its words where its number changed, to the last
one that reads otherwise. Only what the editions show is told: where there is but one, that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kb.answering.articles import ArticleAnswerer, ArticleFound
from kb.answering.inquiry import Inquiry
from kb.edition_comparison import ComparedArticle, articles_of, counterpart
from kb.editions import editions_of
from kb.index.records import Records
from kb.provenance import name_of
from kb.question.change_question import ChangeAsked, change_asked
from kb.question.follow_up import Turn
from kb.question.several import asks
from kb.quoting.citing import Citer
from kb.quoting.draft import Draft
from kb.quoting.header_span import title_span
from kb.text.dates import PartialDate
from kb.text.word_changes import reads_alike
from kb.types import Answer, Citation, Clause, Document, Query, Statement
from kb.visibility import begins, day_of, has_begun


@dataclass(frozen=True, slots=True)
class History:
    """An article of an edition, the edition since which it reads so, and how it read before: `former` is None where it
    was added then, `since` where no earlier edition reads otherwise; `editions` were looked at."""

    document: Document
    article: ComparedArticle
    since: Document | None
    former: tuple[Document, ComparedArticle] | None
    editions: int


class ChangeAnswerer:
    """Answers from the editions of one snapshot; `is_visible` says of a query and an ordinal whether the document may
    be seen, and `respond` answers what is left of a question without its words for the change."""

    def __init__(
        self,
        records: Records,
        document: Callable[[str], Document],
        is_visible: Callable[[Query, int], bool],
        citer: Citer,
        articles: ArticleAnswerer,
        respond: Callable[[Turn], Answer],
    ) -> None:
        self._records = records
        self._document = document
        self._is_visible = is_visible
        self._citer = citer
        self._articles = articles
        self._respond = respond

    def answer(self, inquiry: Inquiry) -> Answer | None:
        """Answer a question for a change of a text; nothing where it asks for none, or for that of something that no
        edition shows."""
        asked = change_asked(inquiry.turn.asked)
        if asked is None:
            return None
        place = self._articles.locate(asked.about or "这条", inquiry, whole=not asked.whole)
        if place is None and asked.kind != "before" and self._articles.is_name(asked.about, inquiry.query):
            return None  # when a document was changed stands in its header
        if isinstance(place, tuple):
            document, article = place
            clauses = self._articles.clauses(document, article)
            return self._told(inquiry, asked, self._history(document, clauses[0], inquiry.query))
        if isinstance(place, ArticleFound) and place.refusal and asked.about:
            return inquiry.refused(*place.refusal, place.citations)
        cited = self._about(inquiry.turn, asked)
        if cited is None or not cited.doc_id:
            return None
        history = self._history(self._document(cited.doc_id), self._records.clause(cited.clause_id), inquiry.query)
        return self._told(inquiry, asked, history) if history.editions > 1 else None

    def _about(self, turn: Turn, asked: ChangeAsked) -> Citation | None:
        """Give the place that the question is about: what answers it without the words for the change, or what answered
        the question before where it only points."""
        text = asked.about if asked.whole or asks(asked.about) else f"{asked.about}是怎么规定的？"
        if not asked.about or asked.about in _POINTERS:
            if turn.earlier is None:
                return None
            text = turn.earlier
        query = replace(turn.query, text=text)
        found = self._respond(Turn.alone(query))
        return found.citations[0] if found.citations and found.refusal is None else None

    def _history(self, document: Document, clause: Clause, query: Query) -> History:
        """Follow the article of a clause back through the editions of its law that had begun."""
        visible = [
            other
            for ordinal, other in enumerate(self._records.catalogue)
            if self._is_visible(query, ordinal) and has_begun(other, day_of(query))
        ]
        editions = [edition.doc_id for edition in editions_of(document, visible)]
        article = next(one for one in self._articles_of(document.doc_id) if clause in one.clauses)
        since, current = document, article
        for doc_id in reversed(editions[: editions.index(document.doc_id)]):
            before = counterpart(current, self._articles_of(doc_id))
            if before is None or not reads_alike(before.words, current.words):
                former = (self._document(doc_id), before) if before else None
                return History(document, article, since, former, len(editions))
            since, current = self._document(doc_id), before
        return History(document, article, None, None, len(editions))

    def _told(self, inquiry: Inquiry, asked: ChangeAsked, history: History) -> Answer:
        name, label = name_of(history.document), history.article.label
        draft = Draft(self._citer)
        if history.since is None:
            if history.editions == 1:
                message = f"库中{name}只有一个版本，看不出{label}什么时候改过、以前怎么规定；可以查阅历次修改决定。"
                cited = self._quotes(history.document, history.article.clauses[:1], 1)
                return inquiry.refused("no_evidence", message, cited)
            self._quote(
                draft, f"库中{name}有{history.editions}个版本，{label}没有修改：", history.document, history.article
            )
            return inquiry.answered(draft)
        if asked.kind != "before":
            self._tell_when(draft, history)
        if history.former is not None:
            earlier, article = history.former
            self._quote(draft, f"此前（{_named(earlier)}）{article.label}：", earlier, article, history.article)
        elif asked.kind == "before":
            self._tell_when(draft, history)
        lead = f"现在的{label}：" if history.former else f"{label}："
        self._quote(draft, lead, history.document, history.article, history.former[1] if history.former else None)
        return inquiry.answered(draft)

    def _tell_when(self, draft: Draft, history: History) -> None:
        since = self._document((history.since or history.document).doc_id)
        name, day = ("amended", since.amended) if since.amended else ("effective", since.effective)
        field = next((one for one in since.header if one.name == name and PartialDate.read(one.value) == day), None)
        what = "改为现在的规定" if history.former else "增加"
        label = history.article.label
        draft.say(
            f"{name_of(history.document)}{label}{_made(since)}{what}",
            since,
            ((field.start, field.end) if field else title_span(since),),
        )

    def _quote(
        self,
        draft: Draft,
        lead: str,
        document: Document,
        article: ComparedArticle,
        other: ComparedArticle | None = None,
    ) -> None:
        """Quote an article; of a long one the clauses that the `other` wording does not have."""
        document = self._document(document.doc_id)
        clauses = article.clauses
        if other is not None and len(clauses) > 1:
            differing = [c for c in clauses if not _stands_in(document.text[c.start : c.end], other)]
            clauses = tuple(differing) or clauses
        citations = self._quotes(document, clauses, len(draft.citations) + 1)
        for number, citation in enumerate(citations):
            words = citation.quote
            draft.statements.append(Statement((lead if number == 0 else "") + words, (citation.number,)))
        draft.citations += citations

    def _quotes(self, document: Document, clauses: Sequence[Clause], first: int) -> tuple[Citation, ...]:
        document = self._document(document.doc_id)
        return tuple(
            self._citer.cite(
                document,
                clause.start,
                clause.start + len(document.text[clause.start : clause.end].rstrip()),
                number,
                clause.clause_id,
            )
            for number, clause in enumerate(clauses, first)
        )

    def _articles_of(self, doc_id: str) -> list[ComparedArticle]:
        return articles_of(self._document(doc_id), self._records.clauses(doc_id))


# What points at the article or sentence that the answer before quoted.
_POINTERS = frozenset(
    (
        "这条",
        "该条",
        "那",
        "那条",
        "那么",
        "这1条",
        "这个",
        "它",
        "这项",
        "该规定",
        "这个规定",
        "这条规定",
        "这1条规定",
        "这",
    )
)


def _stands_in(text: str, article: ComparedArticle) -> bool:
    return any(reads_alike(text, line) for line in article.text.splitlines() if line.strip())


def _made(document: Document) -> str:
    """Say by its days in which edition: 在2023年12月29日修改、自2024年9月5日起施行的版本中."""
    amended, starts = document.amended, document.effective
    parts = [f"{amended.chinese}修改"] if amended else []
    if starts and (amended is None or starts.first_day >= amended.first_day):
        parts.append(f"自{starts.chinese}起施行")
    if not parts and (first := begins(document)):
        parts.append(f"{first.chinese}公布")
    return f"在{'、'.join(parts)}的版本中" if parts else "在后一个版本中"


def _named(document: Document) -> str:
    first = begins(document)
    return f"{first.chinese}起的版本" if first else "前一个版本"
