"""Whether the model hub can be reached: many offices cannot, and must not wait for it."""

from __future__ import annotations

import threading

_PATIENCE = 3.0  # seconds


def hub_answers() -> bool:
    """Ask the hub, in a thread because looking up its name may hang longer than any time-out."""
    from huggingface_hub import constants, get_session

    answers: list[bool] = []

    def ask() -> None:
        try:
            get_session().head(constants.ENDPOINT, timeout=_PATIENCE)
            answers.append(True)
        except Exception:  # whatever its client raises: there is no way to the hub
            answers.append(False)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_PATIENCE + 1)
    return answers == [True]
