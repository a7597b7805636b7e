"""Members that are led are asked side by side, and who takes too long is given up.

A continuation that waits for a server is asked on a thread of its own; all others are asked on the
run's own thread meanwhile.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from fusionlab.errors import MemberError
from fusionlab.models.base import Continuation, Member
from fusionlab.models.leading import Elsewhere

T = TypeVar("T")
GRACE_SECONDS = 2.0
"""How long closing waits for requests that were ended."""


class Party:
    """Continuations of members, asked together; who says nothing for `patience` seconds fails."""

    def __init__(
        self, members: Sequence[Member], led: Sequence[Continuation], patience: float
    ) -> None:
        self.members, self.led, self.patience = members, led, patience
        self._busy: dict[int, _Errand] = {}

    def ask(
        self, questions: Mapping[int, Callable[[], T]], known: Collection[int] = ()
    ) -> dict[int, T | MemberError]:
        """What each member answers, in the order of the questions, or why it does not.

        Those who are `known` to answer at once need no thread.
        """
        deadline = time.monotonic() + self.patience
        here = {at: q for at, q in questions.items() if at in known or not self._is_elsewhere(at)}
        away = {at: self._sent(at, ask) for at, ask in questions.items() if at not in here}
        found: dict[int, T | MemberError] = {at: _answer(ask) for at, ask in here.items()}
        for at, errand in away.items():
            found[at] = self._late(at) if errand is None else self._fetched(at, errand, deadline)
        return {at: found[at] for at in questions}

    def close(self) -> None:
        """Nobody waits for anything any more."""
        for at, errand in self._busy.items():
            self._hang_up(at)
            errand.thread.join(GRACE_SECONDS)
        self._busy.clear()

    def _is_elsewhere(self, at: int) -> bool:
        return isinstance(self.led[at], Elsewhere)

    def _sent(self, at: int, ask: Callable[[], T]) -> "_Errand | None":
        """The member is asked on a thread; None while it still waits for an earlier answer."""
        if (earlier := self._busy.get(at)) and earlier.thread.is_alive():
            return None
        self._busy[at] = errand = _Errand(ask)
        return errand

    def _fetched(self, at: int, errand: "_Errand", deadline: float) -> T | MemberError:
        errand.thread.join(max(0.0, deadline - time.monotonic()))
        if errand.thread.is_alive():
            self._hang_up(at)
            return self._late(at)
        del self._busy[at]
        if errand.bug is not None:
            raise errand.bug
        answer: T | MemberError = errand.answer
        return answer

    def _hang_up(self, at: int) -> None:
        led = self.led[at]
        if isinstance(led, Elsewhere):
            led.hang_up()

    def _late(self, at: int) -> MemberError:
        name, seconds = self.members[at].name, f"{self.patience:g}"
        return MemberError("member-late", name=name, seconds=seconds)


class _Errand:
    """One question on a thread of its own."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self.answer: Any = None
        self.bug: BaseException | None = None
        self.thread = threading.Thread(target=self._run, args=(ask,), name="asking", daemon=True)
        self.thread.start()

    def _run(self, ask: Callable[[], object]) -> None:
        try:
            self.answer = _answer(ask)
        except BaseException as bug:  # noqa: BLE001  it is raised again where it is fetched
            self.bug = bug


def _answer(ask: Callable[[], T]) -> T | MemberError:
    try:
        return ask()
    except MemberError as failure:
        return failure
