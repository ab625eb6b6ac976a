"""A text while the operations of a decision are applied to its articles, and counted anew where the decision orders
it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.amending.article import MARKED, Article, Paragraph, count_items, number_words, read_paragraphs
from ingest.amending.operations import Operation, Place
from kb.text.markers import read_marker
from kb.text.numerals import to_chinese


class DoesNotFit(Exception):
    """An operation that cannot be applied; the message says why, in Chinese, for staff."""


class Revision:
    """A text while operations are applied to it."""

    def __init__(self, pieces: list[str | Article], separator: str) -> None:
        self.pieces = pieces
        self._separator = separator  # between the lines of the articles of the law
        self.deleted: list[str] = []
        self._inserted: list[tuple[Article, Operation]] = []
        self._renumbered = False
        self.last: Operation

    def apply(self, operation: Operation) -> None:
        """Apply one operation; raise DoesNotFit where it cannot be."""
        self.last = operation
        match operation.action:
            case "not_understood":
                raise DoesNotFit("这项修改没有读懂")
            case "renumber":
                self._renumbered = True
            case "insert_article":
                self._insert(operation)
            case "move":
                self._move(operation)
            case "insert_paragraph" | "insert_item":
                self._insert_part(operation)
            case "delete":
                self._delete(operation)
            case "replace":
                self._replace(operation)
            case "substitute" | "delete_words" | "insert_words":
                self._substitute(operation)

    def settle(self) -> None:
        """Put new articles where their numbers say, and count anew where the decision orders it."""
        for article, operation in sorted(self._inserted, key=lambda one: one[0].number):
            self.last = operation
            self._put(article, self._position(article))
        if self._renumbered:
            self._count_anew(self._articles())
        self._put_in_order()
        numbers = [article.number for article in self._articles()]
        twice = next((number for number in numbers if numbers.count(number) > 1), None)
        if twice:
            raise DoesNotFit(f"修改后有两个{number_words(twice)}")

    def _articles(self) -> list[Article]:
        return [piece for piece in self.pieces if isinstance(piece, Article)]

    def _position(self, new: Article) -> Article | None:
        """Give the article behind which a new one stands, None for the first: counted through where all are counted
        anew, else by number."""
        articles = self._articles()
        if new.number[1] or not self._renumbered:
            before = [article for article in articles if article.number < new.number]
        else:
            whole = [article for article in articles if not article.number[1]]
            before = whole[: new.number[0] - whole[0].number[0]] if whole else []
            if whole and len(before) < new.number[0] - whole[0].number[0]:
                before = []
        if not before and new.number > (1, 0):
            raise DoesNotFit(f"{number_words(new.number)}之前没有条文")
        return before[-1] if before else None

    def _put_in_order(self) -> None:
        """Let the articles that were moved to other numbers stand in the order of these."""
        places = [n for n, piece in enumerate(self.pieces) if isinstance(piece, Article)]
        for n, article in zip(places, sorted(self._articles(), key=lambda one: one.number), strict=True):
            self.pieces[n] = article

    def _put(self, new: Article, behind: Article | None) -> None:
        first = next(n for n, piece in enumerate(self.pieces) if isinstance(piece, Article))
        if behind is None:
            self.pieces[first:first] = [new, "\n"]
            return
        at = next(n for n, piece in enumerate(self.pieces) if piece is behind)
        gaps = [piece for piece in self.pieces if isinstance(piece, str) and piece and not piece.strip()]
        gap = max(set(gaps), key=gaps.count) if gaps else "\n"
        self.pieces[at + 1 : at + 1] = [gap, new]

    def _count_anew(self, articles: Sequence[Article]) -> None:
        count = articles[0].number[0] - 1 if articles else 0
        for article in articles:
            count += 0 if article.number[1] else 1
            number = (count, article.number[1])
            article.changed = article.changed or number != article.number
            article.number = number

    def _article(self, place: Place) -> Article:
        for piece in self.pieces:
            if isinstance(piece, Article) and piece.place == place.number:
                return piece
        raise DoesNotFit(f"原文没有{number_words(place.number)}")

    @staticmethod
    def _paragraph(article: Article, place: Place) -> Paragraph:
        if place.paragraph is None:
            with_items = [paragraph for paragraph in article.paragraphs if paragraph.items]
            if len(with_items) != 1:
                raise DoesNotFit(f"{number_words(place.number)}有{len(with_items)}款列项，没有写明是哪一款")
            return with_items[0]
        for paragraph in article.paragraphs:
            if paragraph.number == place.paragraph:
                return paragraph
        raise DoesNotFit(f"{number_words(place.number)}没有第{to_chinese(place.paragraph)}款")

    def _item(self, article: Article, place: Place) -> tuple[Paragraph, int]:
        paragraph = self._paragraph(article, place)
        for index, item in enumerate(paragraph.items):
            marker = read_marker(item, 0, len(item))
            if marker and marker.ordinal == str(place.item):
                return paragraph, index
        raise DoesNotFit(f"{number_words(place.number)}没有第{to_chinese(place.item or 0)}项")

    def _insert(self, operation: Operation) -> None:
        if operation.target is None:
            raise DoesNotFit("没有写明新增条文的条号")
        if operation.place is not None:
            self._article(operation.place)
        texts = re.split(r"\n(?=\s*第[一二三四五六七八九十百千零〇]{1,9}条)", operation.new)
        for offset, text in enumerate(texts):
            marked = MARKED.match(text)
            first = operation.target
            number = (
                first.number
                if not offset
                else ((first.article, first.insertion + offset) if first.insertion else (first.article + offset, 0))
            )
            gap = marked[1] if marked else self._gap()
            words = text[marked.end() :] if marked else text
            paragraphs = read_paragraphs(words, numbered=False)
            article = Article(number, None, gap or "　", paragraphs, self._separator, changed=True)
            self._inserted.append((article, operation))

    def _gap(self) -> str:
        return next((piece.gap for piece in self.pieces if isinstance(piece, Article)), "　")

    def _move(self, operation: Operation) -> None:
        place, target = operation.place, operation.target
        if place is None or target is None:
            raise DoesNotFit("没有写明条号")
        article = self._article(place)
        if place.paragraph is not None and place.item is None:
            paragraph = self._paragraph(article, place)
            if article.paragraphs.index(paragraph) + 1 != target.paragraph:
                raise DoesNotFit(f"第{to_chinese(place.paragraph)}款不能作为第{to_chinese(target.paragraph or 0)}款")
            if operation.new:
                self._replace(operation)
        elif place.item is not None:
            self._item(article, Place(target.article, target.insertion, target.paragraph, target.item))
        else:
            article.number, article.changed = target.number, True
            if operation.new:
                article.paragraphs = read_paragraphs(operation.new, numbered=True)

    def _insert_part(self, operation: Operation) -> None:
        place, target = operation.place, operation.target
        if place is None or target is None:
            raise DoesNotFit("没有写明新增款、项的位置")
        article = self._article(place)
        if operation.action == "insert_paragraph":
            at = (target.paragraph or 0) - 1
            if not 0 <= at <= len(article.paragraphs):
                raise DoesNotFit(f"{number_words(place.number)}共{len(article.paragraphs)}款，不能增加第{at + 1}款")
            article.paragraphs[at:at] = read_paragraphs(operation.new, numbered=False)
        else:
            paragraph = self._paragraph(article, Place(place.article, place.insertion, place.paragraph))
            at = (target.item or 0) - 1
            if not 0 <= at <= len(paragraph.items):
                raise DoesNotFit(f"{number_words(place.number)}共{len(paragraph.items)}项，不能增加第{at + 1}项")
            bare = re.sub(r"^\s*[（(][一二三四五六七八九十]{1,3}[）)]", "", operation.new)
            paragraph.items.insert(at, f"（{to_chinese(at + 1)}）{bare}")
            count_items(paragraph)
        article.changed = True

    def _delete(self, operation: Operation) -> None:
        place = operation.place
        if place is None:
            raise DoesNotFit("没有写明删去的位置")
        article = self._article(place)
        if place.item is not None:
            paragraph, index = self._item(article, place)
            del paragraph.items[index]
            count_items(paragraph)
        elif place.paragraph is not None:
            article.paragraphs.remove(self._paragraph(article, place))
        else:
            at = next(n for n, piece in enumerate(self.pieces) if piece is article)
            del self.pieces[at]
            before, following = self.pieces[at - 1], self.pieces[at] if at < len(self.pieces) else None
            if (
                isinstance(following, str) and following.strip()
            ):  # what stood before the article goes on to what follows
                self.pieces[at] = following.lstrip()
            elif isinstance(
                before, str
            ):  # or, as there is but the next article or the end, what follows to what stood before
                self.pieces[at - 1] = before.rstrip()
            self.deleted.append(number_words(place.number))
        article.changed = True

    def _replace(self, operation: Operation) -> None:
        place = operation.place
        if place is None:
            raise DoesNotFit("没有写明修改的位置")
        article = self._article(place)
        marked = MARKED.match(operation.new)
        words = operation.new[marked.end() :] if marked and place.paragraph is None else operation.new
        if place.item is not None:
            paragraph, index = self._item(article, place)
            bare = re.sub(r"^\s*[（(][一二三四五六七八九十]{1,3}[）)]", "", words)
            paragraph.items[index] = f"（{to_chinese(place.item)}）{bare}"
        elif place.paragraph is not None:
            last = operation.target.paragraph if operation.target and operation.action == "replace" else place.paragraph
            for number in range(place.paragraph + 1, (last or place.paragraph) + 1):
                article.paragraphs.remove(self._paragraph(article, Place(place.article, place.insertion, number)))
            paragraph = self._paragraph(article, place)
            at = article.paragraphs.index(paragraph)
            fresh = read_paragraphs(words, numbered=False)
            fresh[0].number = paragraph.number
            article.paragraphs[at : at + 1] = fresh
        else:
            article.paragraphs = read_paragraphs(words, numbered=True)
        article.changed = True

    def _substitute(self, operation: Operation) -> None:
        place, old = operation.place, operation.old
        if place is None:
            raise DoesNotFit("没有写明修改的位置")
        new = operation.new
        if operation.action == "insert_words":
            new = new + old if operation.before else old + new
        article = self._article(place)
        paragraphs = article.paragraphs if place.paragraph is None else [self._paragraph(article, place)]
        only = self._item(article, place) if place.item is not None else None
        found = False
        for paragraph in [only[0]] if only else paragraphs:
            if not only and old in paragraph.lead:
                paragraph.lead, found = paragraph.lead.replace(old, new), True
            for index, item in enumerate(paragraph.items):
                if old in item and (not only or only[1] == index):
                    paragraph.items[index], found = item.replace(old, new), True
        if not found:
            raise DoesNotFit(f"{number_words(place.number)}中没有“{old}”")
        article.changed = True
