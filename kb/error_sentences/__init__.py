"""The catalogue: every sentence about what goes wrong where a person is told of it, by the key that an error carries.

Whoever rewords a sentence changes it here and nowhere else; nothing reads sentences back. Errors that only an operator meets
at a terminal (settings, a damaged index) are English where they are raised, and are not among these.
"""

from kb.error_sentences.corpus import CORPUS
from kb.error_sentences.files import FILES
from kb.error_sentences.pages import PAGES
from kb.error_sentences.requests import REQUESTS
from kb.error_sentences.wording import Wording

SENTENCES: dict[str, Wording] = {**REQUESTS, **FILES, **PAGES, **CORPUS}

__all__ = ["SENTENCES", "Wording"]
