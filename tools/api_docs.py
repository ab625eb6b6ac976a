"""`make api-docs`: docs/api.md, written from what `/openapi.json` tells.

The page is checked in, so that it is read without a service; a test holds it against the routes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.app import api

PAGE = Path(__file__).resolve().parent.parent / "docs" / "api.md"
_HEAD = """\
# The HTTP interface

Written by `make api-docs` from the routes themselves; `/openapi.json` of a running service tells the same to programs. Who asks is told by two cookies: one owns
the conversations of a browser, the other a session of staff. Every error has the shape `{"error": {"code", "message", "field"?}}`; a `default` one may
come from every route.
"""


def page() -> str:
    """Write the page."""
    spec = json.loads(json.dumps(api().openapi()))
    parts = [_HEAD]
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            parts += ["", f"## {method.upper()} {path}", "", _paragraph(operation.get("description", ""))]
            parts += _parameters(operation.get("parameters", []))
            parts += _body(operation.get("requestBody"))
            parts += _responses(operation["responses"], spec)
    parts += ["", "# Schemas"]
    for name, schema in sorted(spec["components"]["schemas"].items()):
        parts += ["", f"## {name}", "", *_schema(schema)]
    return "\n".join(parts) + "\n"


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[str]:
    if parameters:
        yield from ("", "| parameter | in | type | |", "| --- | --- | --- | --- |")
    for one in parameters:
        needed = "required" if one["required"] else ""
        yield f"| `{one['name']}` | {one['in']} | {_type(one['schema'])} | {needed} |"


def _body(body: dict[str, Any] | None) -> Iterator[str]:
    for media_type, content in (body or {}).get("content", {}).items():
        yield from ("", f"Body, `{media_type}`: {_type(content['schema'])}")


def _responses(responses: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    yield from ("", "| status | answer | |", "| --- | --- | --- |")
    for status, response in sorted(responses.items()):
        content = response.get("content", {})
        kinds = (
            ", ".join(f"{_type(one['schema'])} (`{media_type}`)" for media_type, one in content.items()) or "nothing"
        )
        yield f"| {status} | {kinds} | {_paragraph(response['description'])} |"
    for status, response in sorted(responses.items()):
        for content in response.get("content", {}).values():
            for example in _examples(content, spec) if status.startswith("2") else ():
                text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=1)
                yield from ("", "```", text.rstrip(), "```")


def _examples(content: dict[str, Any], spec: dict[str, Any]) -> list[Any]:
    if "example" in content:
        return [content["example"]]
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    examples: list[Any] = spec["components"]["schemas"].get(name, {}).get("examples", [])
    return examples


def _schema(schema: dict[str, Any]) -> Iterator[str]:
    if "description" in schema:
        yield from (_paragraph(schema["description"]), "")
    yield from ("| field | type | |", "| --- | --- | --- |")
    for name, field in schema.get("properties", {}).items():
        notes = [] if name in schema.get("required", ()) else ["may be left out"]
        notes += [_paragraph(field["description"])] if "description" in field else []
        yield f"| `{name}` | {_type(field)} | {'; '.join(notes)} |"


def _type(schema: dict[str, Any]) -> str:
    """Tell a type in a few words.

    >>> _type({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]})
    'list of string or null'
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(map(_type, schema[several]))
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(one)}`" for one in schema["enum"])
    if "prefixItems" in schema:
        return f"list of {len(schema['prefixItems'])} {_type(schema['prefixItems'][0])}"
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    kind = schema.get("type", "any value")
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _paragraph(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write docs/api.md."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
