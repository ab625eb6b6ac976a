"""The catalogue: every sentence about what goes wrong, by the key that an error carries.

Whoever rewords a sentence changes it here and nowhere else; nothing reads sentences back.
"""

from kb.error_sentences.beside import BESIDE
from kb.error_sentences.editing import EDITING
from kb.error_sentences.evaluation import EVALUATION
from kb.error_sentences.files import FILES
from kb.error_sentences.operation import OPERATION
from kb.error_sentences.paged_files import PAGED_FILES
from kb.error_sentences.requests import REQUESTS
from kb.error_sentences.wording import Wording

SENTENCES: dict[str, Wording] = {**REQUESTS, **FILES, **PAGED_FILES, **EDITING, **BESIDE, **OPERATION, **EVALUATION}

__all__ = ["SENTENCES", "Wording"]
