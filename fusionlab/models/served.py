"""What a server may tell of an answer besides its text: its tokens, and who computed them."""

from dataclasses import dataclass

from fusionlab.events import LayerRouting


@dataclass(frozen=True, slots=True)
class ServedToken:
    """One token that a server read, with the experts that its routers chose."""

    position: int
    """In the sequence, from 0, the prompt's tokens included."""
    token: str
    """As the server spells it; its number, as in #17, where it tells no more."""
    id: int
    """-1 where the server does not tell it."""
    prompt: bool
    layers: tuple[LayerRouting, ...]
    """Without weights and probabilities, which no server tells."""
    text: str | None = None
    """The whole characters that the token completes, where the server tells its bytes."""
