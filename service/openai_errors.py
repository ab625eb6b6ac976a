"""Errors as clients of the OpenAI API expect them: {"error": {"message", "type", "param", "code"}}, 400 for every bad
request.

What they say is what the one shape says elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OPENAI_CODES = {
    "question_too_long": "context_length_exceeded",
    "embedding_too_long": "context_length_exceeded",
    "model_unknown": "model_not_found",
    "missing": "missing_required_parameter",
    "extra_forbidden": "unknown_parameter",
    "string_type": "invalid_type",
    "bool_type": "invalid_type",
    "int_type": "invalid_type",
    "float_type": "invalid_type",
    "list_type": "invalid_type",
    "dict_type": "invalid_type",
    "model_type": "invalid_type",
    "model_attributes_type": "invalid_type",
}
"""Codes that OpenAI has a name for, by the sentence of a deliberate error or the kind of a wrong request."""

_PARAMS = {"question": "messages"}
"""What a field of our own is called there."""


def openai_error(status: int, payload: Mapping[str, Any], code: str | None = None) -> tuple[int, dict[str, object]]:
    """Give status and JSON of an error that is told in the one shape.

    >>> openai_error(422, {"error": {"code": "bad_question", "message": "问题是空的", "field": "question"}})
    (400, {'error': {'message': '问题是空的', 'type': 'invalid_request_error', 'param': 'messages', 'code': 'bad_question'}})
    """
    problem = payload["error"]
    field = problem.get("field")
    return 400 if status == 422 else status, {
        "error": {
            "message": problem["message"],
            "type": "server_error" if status >= 500 else "invalid_request_error",
            "param": _PARAMS.get(field, field),
            "code": code or problem["code"],
        }
    }
