"""Graphs that onnxruntime computes, on one thread each: `Model.run` shares the processors out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import ModelError
from kb.processors import adds_bytes_exactly

if TYPE_CHECKING:
    import onnxruntime


def open_session(graph: Path) -> onnxruntime.InferenceSession:
    """Open a graph; raise ModelError where onnxruntime cannot."""
    import onnxruntime  # by whoever opens a model: to load it takes half a second

    try:
        return onnxruntime.InferenceSession(str(graph), _options(), providers=["CPUExecutionProvider"])
    except Exception as error:  # bare exceptions of the library's own
        raise ModelError.of("model_not_loaded", file=graph, cause=str(error).splitlines()[0]) from error


def _options() -> onnxruntime.SessionOptions:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    if not adds_bytes_exactly():
        # The fast product of signed and unsigned bytes would overflow; the exact one takes a tenth longer. onnxruntime
        # heeds this as part of its optimizations: at a lower level of these, the fast one would be taken unsaid.
        options.add_session_config_entry("session.x64quantprecision", "1")
    options.log_severity_level = 3  # warnings about the machine are no concern of whoever asks a question
    return options
