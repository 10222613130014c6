"""Runs a variant's source in a namespace of its own."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import VariantSpec
from matmul_lens_runner.protocol.tracebacks import failure_of


@dataclass(frozen=True)
class VariantSource:
    """What a variant's source defined."""

    variant: Callable[..., Any]
    params_from_state_dict: Callable[[Any], Any] | None


def run_source(spec: VariantSpec, target: Callable[..., Any] | None) -> VariantSource | Failure:
    """Runs `source` with `target` bound; it must define `variant`, and with `takes_params` the conversion."""
    filename = f"<variant {spec.name}>"
    linecache.cache[filename] = (len(spec.source), None, spec.source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": f"matmul_lens_variant_{spec.name}", "target": target}
    try:
        exec(compile(spec.source, filename, "exec", dont_inherit=True), namespace)
    except Exception as error:
        return failure_of(error, "runFailed", {filename})
    variant = namespace.get("variant")
    convert = namespace.get("params_from_state_dict")
    if not callable(variant) or (spec.takes_params and not callable(convert)):
        missing = "params_from_state_dict" if callable(variant) else "variant"
        return Failure("badRequest", f"The source of {spec.name} does not define {missing}.")
    return VariantSource(variant, convert if spec.takes_params else None)
