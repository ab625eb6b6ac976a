"""Arms: what of the system is varied, everything else being as it is served."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ingest.passages import PASSAGE_LENGTH
from kb.errors import DatasetError
from kb.fusion import Fusion
from kb.index.encoder import EMBEDDED

SERVED = "served"  # The arm that is what `kb serve` does, whatever the others try.


@dataclass(frozen=True, slots=True)
class Arm:
    """A configuration under a name; the default values are what is served.

    `reranker` is `reader`, or the name or folder of a CrossEncoder, or nothing; `reader` the folder of a reader, or
    nothing for the embedded one; `fusion` holds fields of `kb.fusion.Fusion` (`least` and `most` 0: the lexical arm
    alone; 1: the dense arm alone), `without` documents that are left out, `depth` how many targets are ranked.
    """

    name: str = SERVED
    encoder: str = EMBEDDED
    passage_length: int = PASSAGE_LENGTH
    lexicon: bool = True
    reranker: str = ""
    reader: str = ""
    depth: int = 100
    fusion: tuple[tuple[str, float], ...] = ()
    without: tuple[str, ...] = ()

    @classmethod
    def read(cls, name: str, told: dict[str, Any], path: Path) -> Arm:
        """Read an arm from a table of an experiment; raise DatasetError naming what it does not know."""
        known = {field.name: field.type for field in fields(cls)} | {"fusion": "table"}
        for key in told:
            if key not in known or key == "name":
                raise DatasetError.of("arm_key_unknown", file=path, arm=name, key=key, allowed=sorted(known))
        values = dict(told)
        weights = values.pop("fusion", {})
        fusion = {field.name for field in fields(Fusion)}
        if unknown := set(weights) - fusion:
            raise DatasetError.of("arm_fusion_unknown", file=path, arm=name, key=min(unknown), allowed=sorted(fusion))
        without = tuple(values.pop("without", ()))
        arm = cls(name=name, fusion=tuple(sorted(weights.items())), without=without, **values)
        for field in ("passage_length", "depth"):
            value = getattr(arm, field)
            if not isinstance(value, int) or value < 1:
                raise DatasetError.of("arm_no_number", file=path, arm=name, key=field, shown=value)
        return arm

    def make_fusion(self) -> Fusion:
        """Make the fusion of the arm; what it does not say is as it is served."""
        return Fusion(**dict(self.fusion))  # type: ignore[arg-type]

    def conditions(self) -> dict[str, Any]:
        """Give the arm as JSON values."""
        return asdict(self) | {"fusion": dict(self.fusion), "without": list(self.without)}
