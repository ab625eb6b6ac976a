"""Follow-ups: a question that leans on the one before it, made whole.

那2027年呢？ asks what the question before asked, of another year. The words of the earlier question that
the new one does not replace are put in front of it, so that one search finds both.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kb.text.fold import fold_text
from kb.types import Query

_LEANS = re.compile(
    r"^(那|那么|那个|它|其|他们|这|该|上述|还有|另外|此外|再|如果是|换成|要是)|呢[?]?$|它|这(个|些|份|项|条)|那(个|些|份|项)|上面|刚才|前面"
)
_SHORT = 8  # characters up to which a question after another is taken to lean on it
_YEAR = re.compile(r"(?:19|20)\d\d年?")


def make_whole(query: Query) -> Query:
    """Give the query to search for: itself, or with what it leaves out of the question before.

    >>> make_whole(Query("", "那2027年呢？", previous=("到2025年要开展多少个试点？",))).text
    '到要开展多少个试点？那2027年呢？'
    >>> make_whole(Query("", "社区食堂对谁开放？", previous=("托育机构谁来管？",))).text
    '社区食堂对谁开放？'
    """
    folded = fold_text(query.text)
    if not query.previous or (len(query.text) > _SHORT and not _LEANS.search(folded)):
        return replace(query, previous=())
    earlier = query.previous[-1]
    if _YEAR.search(folded):
        earlier = _YEAR.sub("", earlier)
    return replace(query, text=earlier + query.text, previous=())
