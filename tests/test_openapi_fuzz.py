"""Random requests made of `/openapi.json`, as an administrator: nothing brings the service to a 5xx, and every answer
is one that the document describes.

The requests are the same on every run. `make chaos` makes more of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from indexing import laws_of
from served_texts import staff_token

from evals.chaos.fuzz import LEFT_OUT, NOT_HELD
from ingest.settings import Settings
from kb.index.encoder import STATIC
from service.app import api
from service.server import serving

EXAMPLES = 8  # of each route: some four hundred in all


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    text = "公开方式：主动公开\n长者食堂管理办法\n第一条　年满七十周岁的老年人每餐补贴三元。\n"
    laws_of(folder, {"canteen": text}).close()
    made = Settings(index_dir=folder / "index", encoder=STATIC, requests_a_minute=0, longest_wait=120)
    with serving(made) as url:
        yield url, {"Authorization": f"Bearer {staff_token(made)}"}


SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(api().openapi()))).exclude(path=list(LEFT_OUT))
HELD = [check for check in schemathesis.checks.CHECKS.get_all() if check.__name__ not in NOT_HELD]


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_random_requests_are_answered_as_it_is_described(
    case: schemathesis.Case, served: tuple[str, dict[str, str]]
) -> None:
    case.call_and_validate(base_url=served[0], headers=served[1], checks=HELD)
