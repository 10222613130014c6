"""Expected failures as values: what happened, where, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from matmul_lens_runner.protocol.vocabulary import FAILURE_KINDS, FailureKind

DETAIL_CHARACTERS = 4_000
MESSAGE_CHARACTERS = 1_000


@dataclass(frozen=True)
class Failure:
    """One expected failure; `message` is a sentence for the reader, `hint` what they can do about it."""

    kind: FailureKind
    message: str
    hint: str | None = None
    file: str | None = None
    line: int | None = None
    detail: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The wire form, in which absent fields are left out."""
        result: dict[str, Any] = {"kind": self.kind, "message": self.message[:MESSAGE_CHARACTERS]}
        for name in ("hint", "file", "line"):
            value = getattr(self, name)
            if value is not None:
                result[name] = value
        if self.detail:
            result["detail"] = self.detail[-DETAIL_CHARACTERS:]
        return result

    def with_detail(self, detail: str) -> Failure:
        """The same failure with the end of a worker's output, unless it already tells more."""
        return self if self.detail or not detail else replace(self, detail=detail[-DETAIL_CHARACTERS:])


def failure_from_json(value: Mapping[str, Any]) -> Failure:
    """Reads what `to_json` wrote in another process of ours; a kind from nowhere becomes `internal`."""
    kind = value.get("kind")
    line = value.get("line")
    return Failure(
        kind=cast(FailureKind, kind) if kind in FAILURE_KINDS else "internal",
        message=str(value.get("message", "")),
        hint=_text(value.get("hint")),
        file=_text(value.get("file")),
        line=line if isinstance(line, int) else None,
        detail=_text(value.get("detail")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
