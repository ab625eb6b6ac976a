"""The tools of the knowledge base over the Model Context Protocol, by its official library.

Imported when the first client comes, since the library takes as long to import as everything else that serving needs.
What a caller can mend is the result of the tool and says so (`isError`), so that a model can try again; what is no call
of a tool at all is an error of the protocol.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from kb.errors import KnowledgeBaseError
from kb.types import Audience
from service.answer_queue import AnswerQueue
from service.error_responses import BROKEN, error_payload, wrong_value
from service.schemas.answers import AnswerBody
from service.tools import TOOLS, Tool, Toolbox, ToolOutcome

NAME = "policy-knowledge-base"
INSTRUCTIONS = (
    "中国政策文件知识库。回答问题用 ask，每一句都有可以核对的引文，转述时请保留引文编号和出处；"
    "只找材料用 search；读原文用 get_document；问某人能享受什么用 check_eligibility。拒答时不要自行补充答案。"
)
Context = ServerRequestContext[Any, Any]
logger = logging.getLogger("uvicorn.error")


def mcp_server(
    box: Toolbox,
    audience_of: Callable[[Context], Audience],
    queue: AnswerQueue | None = None,
    answered: Callable[[Context, dict[str, Any]], None] | None = None,
    prepare: Callable[[], None] = lambda: None,
) -> Server[Any]:
    """Make a server of the tools for whoever a request comes from, who waits in `queue` where there is one; `answered`
    is told what they were answered, and `prepare` is called before each tool runs."""

    def run(tool: Tool, arguments: dict[str, Any], audience: Audience) -> ToolOutcome:
        prepare()
        return tool.run(box, tool.arguments.model_validate(arguments), audience)

    async def list_tools(_: Context, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_told(tool) for tool in TOOLS.values()])

    async def call_tool(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"没有“{params.name[:100]}”这个工具，只有 {'、'.join(TOOLS)}。")
        try:
            audience = audience_of(context)
            async with queue.enter() if queue else nullcontext():
                outcome = await anyio.to_thread.run_sync(partial(run, tool, params.arguments or {}, audience))
            if answered is not None and tool.gives is AnswerBody:
                answered(context, outcome.value)
        except ValidationError as error:
            first: Any = error.errors()[0]
            return _failed(wrong_value(first["loc"], first)[1])
        except KnowledgeBaseError as error:
            problem: Any = error_payload(error)[1]["error"]
            return _failed(problem["message"])
        except Exception as error:
            logger.exception("the tool %s failed", tool.name)
            raise MCPError(types.INTERNAL_ERROR, BROKEN) from error
        return types.CallToolResult(content=[_text(outcome.words)], structured_content=outcome.value)

    return Server(NAME, title="政策知识库", instructions=INSTRUCTIONS, on_list_tools=list_tools, on_call_tool=call_tool)


def run_stdio(box: Toolbox, audience: Audience) -> None:
    """Serve one client over standard input and output until it closes them."""
    # No task watches for what was withdrawn or built anew, as one does in the web application.
    server = mcp_server(box, lambda _: audience, prepare=box.library.refresh)

    async def serve() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(serve)


def _told(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=tool.gives.model_json_schema(),
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def _failed(message: str) -> types.CallToolResult:
    return types.CallToolResult(content=[_text(message)], is_error=True)


def _text(words: str) -> types.TextContent:
    return types.TextContent(type="text", text=words)
