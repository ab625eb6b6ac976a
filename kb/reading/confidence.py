"""How reader and search together judge what was read: which of it comes first, and how likely that answers.

The reader sees a question and a clause and nothing beside them; the search has compared all clauses with each other.
Neither is as good alone: a clause that reads like an answer may be of another law, one that was found first may answer
another question. And the encoder that ships, which was trained for itself and read neither beside the other, is asked
for its own opinion: how near it holds question and clause.
"""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict

FARTHEST = 4.0
"""A lead that says no more when it is longer."""
ALONE = 2.5
"""The lead of what has no rival: in a small collection that nothing else was found says little. Set by hand: in
collections that are large enough to measure on everything has rivals."""


class Confidence(BaseModel):
    """Weights that `evals.training.calibration` fits on questions about texts that the reader was not trained on.

    What is read is put in order by the reader's log-odds and `found` times the score of the search. That the first one
    answers has the log-odds `offset` and `reading`, `lead` and `likeness` times: what the reader says of it, how far it
    is ahead of all that says otherwise (`kb.reading.rivals`), and the cosine of question and clause. The score of the
    search is left out: it says the same as the cosine, and grows with the number of documents. From the probability
    `enough` on it is an answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    found: float = 0.0
    reading: float = 1.0
    lead: float = 0.0
    likeness: float = 0.0
    offset: float = 0.0
    enough: float = 0.5

    def order(self, reading: float, search: float) -> float:
        """Give the score by which what was read is put in order."""
        return reading + self.found * search

    def probability(self, reading: float, lead: float, likeness: float = 0.0) -> float:
        """Give the probability that what comes first answers the question.

        >>> Confidence().probability(0.0, 2.0)
        0.5
        """
        odds = self.offset + self.reading * reading + self.lead * min(lead, FARTHEST) + self.likeness * likeness
        return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))
