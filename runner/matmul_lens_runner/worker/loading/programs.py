"""The programs of a race as one worker has them: a target or a failure for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import InitArgument, Program, VariantSpec
from matmul_lens_runner.protocol.tracebacks import failure_of
from matmul_lens_runner.worker.loading.module import LoadedModule, load_module
from matmul_lens_runner.worker.loading.scope import Scope
from matmul_lens_runner.worker.loading.target import Target, resolve_target
from matmul_lens_runner.worker.variant_source import VariantSource, run_source


class Programs:
    """Loads programs and finds what a variant refers to."""

    def __init__(self, offered: Mapping[str, Any]) -> None:
        """`offered`: names for the reader's expressions beside those of their file."""
        self._offered = offered
        self._modules: list[LoadedModule] = []
        self._targets: dict[str, Target | Failure] = {}

    def load(
        self, program: Program, init: Sequence[InitArgument], settle: Callable[[Target], Failure | None]
    ) -> Failure | None:
        """Loads one program; `settle` readies what it defines. The failure is kept for its variants, too."""
        loaded = load_module(program)
        found: Target | Failure
        if isinstance(loaded, Failure):
            found = loaded
        else:
            self._modules.append(loaded)
            # A rewrite's text may hold less than the file that the constructor's arguments were written for.
            found = resolve_target(program, loaded, init, Scope(self._offered, [loaded, *self._modules[:1]]))
        if isinstance(found, Target):
            found = settle(found) or found
        self._targets[program.id] = found
        return found if isinstance(found, Failure) else None

    def scope(self) -> Scope:
        """Where inputs are evaluated: the first program's names, which is the code as written."""
        return Scope(self._offered, self._modules[:1])

    def target_of(self, spec: VariantSpec) -> Target | Failure | None:
        """What the variant's program defines; null for a variant without a program."""
        return self._targets.get(spec.program) if spec.program else None

    def source_of(self, spec: VariantSpec) -> VariantSource | Failure:
        """Runs a variant's source with its target bound."""
        target = self.target_of(spec)
        if isinstance(target, Failure):
            return target
        return run_source(spec, target.call if target else None)

    def callable_of(self, spec: VariantSpec, source: VariantSource) -> Callable[..., Any]:
        """Whose signature decides how inputs are passed: the target's, since a compiled wrapper may hide its own."""
        target = self.target_of(spec)
        return target.call if isinstance(target, Target) else source.variant

    def failure(self, spec: VariantSpec, error: BaseException) -> Failure:
        """The failure of an exception that running a variant raised, at the reader's line where there is one."""
        target = self.target_of(spec)
        if isinstance(target, Target):
            return target.failure(error)
        return failure_of(error, "runFailed", {f"<variant {spec.name}>"})

    def remarks(self) -> list[str]:
        """What a reader should know of how their files were loaded."""
        loaded = [target.loaded.selection for target in self._targets.values() if isinstance(target, Target)]
        rebound = [
            f"Line {line}, which sets `{name}` again, was not run; the value set before it holds."
            for selection in loaded
            for name, line in selection.rebound.items()
        ]
        return rebound + [_unset(selection.settings) for selection in loaded if selection.settings]


def _unset(lines: Sequence[int]) -> str:
    """The remark on statements that would have set global state."""
    named = ", ".join(str(line) for line in lines)
    one = len(lines) == 1
    return (
        f"Line{'' if one else 's'} {named} {'sets' if one else 'set'} global state (such as a default dtype, a flag or "
        f"the environment) and {'was' if one else 'were'} not run: the race runs without."
    )
