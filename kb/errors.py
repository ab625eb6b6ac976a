"""Every error that the project raises on purpose.

    KnowledgeBaseError
    ├── InputError               what somebody gave cannot be used
    │   ├── QuestionError        a question or a search query
    │   ├── DocumentError        a file that should become a document
    │   │   └── SecrecyError         one that bears the mark of a state secret
    │   ├── LexiconError         the list of everyday words
    │   ├── BenefitError         a rule about who has a right to what, or the list of facts
    │   │   └── UnfoundedError       one whose document, clause or quote is not there
    │   ├── FactError            what somebody said about themselves
    │   ├── DatasetError         an evaluation set or a batch file
    │   └── SettingError         a setting or an option
    ├── SnapshotError            the index folder cannot be used
    │   ├── SnapshotMissingError     nothing was built there yet
    │   ├── SnapshotDamagedError     a file is missing or was changed
    │   └── SnapshotMismatchError    built with another encoder or schema
    ├── EncoderError             an encoder cannot be loaded or used
    ├── ReaderModelError         the weights of the reader are missing, damaged or of another version
    ├── ModelError               a transformer that ships with the library is missing, damaged or of another version
    ├── RerankerError            a reranker cannot be loaded or used
    ├── LanguageModelError       a language model cannot be reached, or writes no usable text
    ├── NotFoundError            no such document, clause or page
    ├── ConflictError            somebody else was first
    └── ServiceError             the service cannot start or carry on

A message names the thing, the place, the value and the remedy, on one line. An error that a person is told of on a page
is made by `of` from a key of `kb.error_sentences`, which has it in English and in Chinese, and carries its values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from kb.error_sentences import SENTENCES


class KnowledgeBaseError(Exception):
    """Root of the tree; `code` is the stable name of the error in JSON.

    `sentence` is its key in `SENTENCES`, where it has one, and `values` are what stands in that sentence.
    """

    code = "error"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(" ".join(message.split("\n")))
        self.field = field
        self.sentence: str | None = None
        self.values: Mapping[str, object] = {}

    @classmethod
    def of(cls, sentence: str, *, field: str | None = None, **values: object) -> Self:
        """Make an error of a sentence and its values.

        >>> error = NotFoundError.of("job_unknown", job_id="q7")
        >>> error.message, error.chinese
        ("there is no job 'q7'", '没有这个任务。')
        """
        error = cls(SENTENCES[sentence][0].format(**values), field=field)
        error.sentence, error.values = sentence, values
        return error

    @property
    def chinese(self) -> str | None:
        """The sentence for pages, where there is one."""
        return SENTENCES[self.sentence][1].format(**self.values) if self.sentence else None

    @property
    def message(self) -> str:
        return str(self.args[0])


class InputError(KnowledgeBaseError):
    code = "bad_input"


class QuestionError(InputError):
    """What somebody typed; its message is Chinese everywhere, since nobody but them is told."""

    code = "bad_question"

    @property
    def chinese(self) -> str:
        return self.message


class DocumentError(InputError):
    """A file that cannot be read as a document; `path` names it."""

    code = "bad_document"

    def __init__(self, path: object, reason: str, *, line: int | None = None) -> None:
        place = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{place}: {reason}")
        self.path = str(path)
        self.line = line
        self.reason = reason


class SecrecyError(DocumentError):
    """A file that bears the mark of a state secret and may not be here."""

    code = "state_secret"


class LexiconError(InputError):
    code = "bad_lexicon"


class BenefitError(InputError):
    code = "bad_benefit"


class UnfoundedError(BenefitError):
    """A rule that names a document, a clause or a quote (`missing`) that is not there."""

    code = "unfounded_benefit"

    def __init__(self, message: str, missing: str, *, field: str) -> None:
        super().__init__(message, field=field)
        self.missing = missing


class FactError(InputError):
    code = "bad_fact"


class DatasetError(InputError):
    code = "bad_dataset"


class SettingError(InputError):
    code = "bad_setting"


class SnapshotError(KnowledgeBaseError):
    code = "index_unusable"


class SnapshotMissingError(SnapshotError):
    code = "index_missing"


class SnapshotDamagedError(SnapshotError):
    code = "index_damaged"


class SnapshotMismatchError(SnapshotError):
    code = "index_mismatch"


class EncoderError(KnowledgeBaseError):
    code = "encoder_unusable"


class ReaderModelError(KnowledgeBaseError):
    code = "reader_model"


class ModelError(KnowledgeBaseError):
    code = "model_unusable"


class RerankerError(KnowledgeBaseError):
    code = "reranker_unusable"


class LanguageModelError(KnowledgeBaseError):
    code = "language_model_unusable"


class NotFoundError(KnowledgeBaseError):
    code = "not_found"


class ConflictError(KnowledgeBaseError):
    code = "conflict"


class ServiceError(KnowledgeBaseError):
    code = "service_unusable"
