"""How far a member on a server reads ahead: as far as pays.

A request for L places costs what any request does, and L passes. If each place comes true with
probability q, the first (1 − q^L)/(1 − q) of them are used (Leviathan et al.,
https://arxiv.org/abs/2211.17192, where one more is drawn by who checks). Both are estimated while
the text is written: q by how often the member's best token was chosen, the cost of a request in
passes by how long those took that asked for few places and for many.
"""

from dataclasses import dataclass, field

REQUEST = 1.0
"""In passes, what a request costs as long as nothing was measured."""
LEAST_REQUEST, MOST_REQUEST = 0.1, 32.0
SHARE, WEIGHT = 0.9, 4.0
"""The share of best tokens that are chosen, as long as nothing was seen, and so many tokens' worth.
"""
SUREST = 0.999
KEPT = 0.95
"""What earlier tokens and requests count, for each later one."""
SPREAD = 0.5
"""Of the places that were asked for at once, the least variance by which costs are told apart."""


@dataclass(slots=True)
class _Line:
    """Least squares of seconds over places, the later requests counting more."""

    n: float = 0.0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    def add(self, x: int, y: float) -> None:
        self.n, self.x, self.y = KEPT * self.n + 1, KEPT * self.x + x, KEPT * self.y + y
        self.xx, self.xy = KEPT * self.xx + x * x, KEPT * self.xy + x * y

    @property
    def ratio(self) -> float:
        """The seconds of a request without places, in those of one place."""
        spread = self.n * self.xx - self.x * self.x
        if self.n <= 1 or spread <= SPREAD * self.n * self.n:
            return REQUEST
        slope = (self.n * self.xy - self.x * self.y) / spread
        start = (self.y - slope * self.x) / self.n
        if slope <= 0:
            return MOST_REQUEST
        return min(max(start / slope, LEAST_REQUEST), MOST_REQUEST)


@dataclass(slots=True)
class Reach:
    """What is known of one member; `most` is the number of places that it may read at once."""

    most: int
    _agreed: float = SHARE * WEIGHT
    _seen: float = WEIGHT
    _requests: _Line = field(default_factory=_Line)

    def note(self, *, agreed: bool) -> None:
        """A token was chosen, which is what the member found best or is not."""
        self._agreed = KEPT * self._agreed + agreed
        self._seen = KEPT * self._seen + 1

    def timed(self, places: int, seconds: float) -> None:
        """A request for so many places took so long; none were asked for, where there are none."""
        if places > 0:
            self._requests.add(places, seconds)

    @property
    def share(self) -> float:
        """Of the member's best tokens those that are chosen, later ones counting more."""
        return self._agreed / self._seen

    @property
    def places(self) -> int:
        """Of so many places each that comes true costs least."""
        q, request = min(SUREST, self.share), self._requests.ratio
        costs = {n: (request + n) * (1 - q) / (1 - q**n) for n in range(1, self.most + 1)}
        return min(costs, key=lambda n: costs[n])
