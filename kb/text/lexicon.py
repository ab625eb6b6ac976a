"""The lexicon: everyday words, abbreviations and regional words with the words that documents use for them.

    ["老旧小区和电梯"]
    "加装电梯" = ["装电梯", "爬不动", "装…电梯"]

The left side holds one or several words of the documents, the right side what people say. "…" stands for
up to six characters. Sections are for the reader of the file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import LexiconError
from kb.text.fold import fold_text

FILE_NAME = "lexicon.toml"
_GAP = "…"  # Stands in an entry for a few characters: 装…电梯.
_GAP_LENGTH = 6  # characters that … may stand for, within one part of a sentence


@dataclass(frozen=True, slots=True)
class Translation:
    """An everyday word that a question holds, and the words of the documents for it; all folded."""

    said: str
    official: tuple[str, ...]


class Lexicon:
    """Finds everyday words in questions, the longest first where they overlap."""

    def __init__(self, entries: Mapping[str, Iterable[str]] = {}) -> None:
        """`entries` gives per everyday word the words of the documents."""
        self._official = {_folded(said): tuple(map(fold_text, official)) for said, official in entries.items()}
        words = sorted(self._official, key=lambda said: (-len(said), said))
        self._patterns = [(said, re.compile(_pattern(said))) for said in words if _GAP in said]
        plain = [said for said in words if _GAP not in said]
        self._plain = re.compile("|".join(map(re.escape, plain))) if plain else None

    @classmethod
    def read(cls, path: Path) -> Lexicon:
        """Read a lexicon file; raise LexiconError naming file, line, value and remedy."""
        try:
            text = path.read_text("utf-8")
            sections = tomllib.loads(text)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise LexiconError.of("lexicon_not_read", file=path, cause=error) from None
        entries: dict[str, list[str]] = {}
        for section, lines in sections.items():
            if not isinstance(lines, dict):
                raise _wrong_entry(path, text, section, "lexicon_outside_section", example='["养老"]')
            for official, said in lines.items():
                if not official.split() or not isinstance(said, list) or not said:
                    raise _wrong_entry(path, text, official, "lexicon_no_list", example='"加装电梯" = ["装电梯"]')
                for word in said:
                    if not isinstance(word, str) or not word.replace(_GAP, "").strip():
                        raise _wrong_entry(path, text, official, "lexicon_no_word", word=word)
                    known = entries.setdefault(word, [])
                    if official in known:
                        raise _wrong_entry(path, text, official, "lexicon_word_twice", word=word)
                    known.append(official)
        return cls({said: [word for line in official for word in line.split()] for said, official in entries.items()})

    def __bool__(self) -> bool:
        return bool(self._official)

    def translate(self, text: str) -> list[Translation]:
        """Give what a text says in everyday words.

        >>> Lexicon({"装…电梯": ["加装电梯"], "爬楼": ["加装电梯"]}).translate("爬樓太累，能裝個電梯嗎")
        [Translation(said='装…电梯', official=('加装电梯',)), Translation(said='爬楼', official=('加装电梯',))]
        """
        folded = fold_text(text)
        found = [said for said, pattern in self._patterns if pattern.search(folded)]
        if self._plain:
            found += self._plain.findall(folded)
        return [Translation(said, self._official[said]) for said in dict.fromkeys(found)]


def _folded(said: str) -> str:
    return _GAP.join(map(fold_text, said.split(_GAP)))


def _pattern(said: str) -> str:
    return f"[^,。?!]{{0,{_GAP_LENGTH}}}".join(map(re.escape, said.split(_GAP)))


def _wrong_entry(path: Path, text: str, key: str, sentence: str, **values: Any) -> LexiconError:
    lines = [n for n, line in enumerate(text.split("\n"), 1) if line.startswith((f'"{key}"', key))]
    return LexiconError.of(sentence, file=path, line=lines[-1] if lines else 1, key=key, **values)
