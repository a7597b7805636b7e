"""A member follows a text that others chose, in tokens of its own.

What was chosen is read as it is where the member has that very token. Where it has not, its own
tokenizer reads the piece, together with what else stands since the last boundary of bytes at which
nothing is open; so the member goes back by the tokens that are no longer right, and reads only the
new ones. The text as a whole is never tokenised again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from jaxtyping import Bool, Int64
from torch import Tensor

from fusionlab.errors import MemberError
from fusionlab.models.continuing import Spelling, spelling
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.maps import NOWHERE

OPEN_BYTES = 64
"""So many bytes since the last boundary, and the next boundary of all is taken."""
BLANK = b" \t\r\n"
ANCHOR = "\n"
"""Before a text, so that a tokenizer that puts a space before its first word puts it elsewhere."""

Read = list[tuple[bytes, int]]
"""Tokens as bytes of the text and ids."""


@dataclass(slots=True)
class Reader:
    """How a vocabulary's tokenizer reads some bytes from the middle of a text."""

    name: str
    vocabulary: Vocabulary
    _known: Spelling | None = None

    @property
    def known(self) -> Spelling:
        """Its tokens by their bytes, found when somebody asks."""
        if self._known is None:
            self._known = spelling(self.vocabulary)
        return self._known

    def read(self, text: bytes) -> tuple[Read, bytes]:
        """The text's tokens, and what of it cannot be read before its last character is whole.

        Text without a token is the unknown one. Raises MemberError where there is no such token.
        """
        whole, begun = _whole(text)
        found = self._tokenised(whole) or self._longest(whole)
        tail, at = Read(), 0
        while at < len(begun) and (piece := self.known.at(begun, at)):
            tail.append((piece, self.known.ids[piece]))
            at += len(piece)
        return (found, begun) if at < len(begun) else (found + tail, b"")

    def first(self, text: bytes) -> int | None:
        """The first token that is no space with which it begins to write the text, if there is one.

        Raises MemberError as `read` does.
        """
        found, _ = self.read(text)
        spoken = [token for said, token in found if said.strip()]
        return next(iter(spoken or [token for _, token in found]), None)

    def _tokenised(self, text: bytes) -> Read:
        """As the tokenizer itself reads it; nothing where that is not this text."""
        if self.vocabulary.tokenised is None:
            return []
        try:
            words = text.decode()
        except UnicodeDecodeError:
            return []
        for before in ("", ANCHOR):
            ids = self.vocabulary.tokenised(before + words)
            found = [(self.vocabulary.said(token), token) for token in ids]
            if before:
                found = _after(found, before.encode())
            if b"".join(piece for piece, _ in found) == text and all(p for p, _ in found):
                return found
        return []

    def _longest(self, text: bytes) -> Read:
        found, at = Read(), 0
        while at < len(text):
            if piece := self.known.at(text, at):
                found.append((piece, self.known.ids[piece]))
            else:
                piece = _character(text, at)
                if self.vocabulary.unknown is None:
                    raise MemberError("text-not-spelled", name=self.name, text=repr(piece))
                found.append((piece, self.vocabulary.unknown))
            at += len(piece)
        return found


@dataclass(slots=True)
class Follower:
    """One member's own tokens of the text that is chosen."""

    reader: Reader
    back: Int64[Tensor, " joint"]
    """Its token with the bytes of each that can be chosen, or NOWHERE."""
    known: Bool[Tensor, " token"]
    """Which of its tokens can be chosen."""
    pending: bytes = b""
    """Chosen, and not read: the beginning of a character that it can read only as a whole."""
    _settled: int = 0
    """How many ids of the answer stand before the last boundary."""
    _open: Read = field(default_factory=Read)
    """The tokens since then."""
    _free: bool = field(init=False)
    """Whether all of its tokens can be chosen."""

    def __post_init__(self) -> None:
        self._free = bool(self.known.all())

    def follow(self, token: int, piece: bytes) -> tuple[int, list[int]]:
        """How many of its ids of the answer stay, and which follow, after this token was chosen.

        `piece` is what the token says; a control token is read only by who has it.
        """
        own = int(self.back[token])
        if not piece:
            self._settle()
            new = [] if own == NOWHERE else [own]
            self._settled += len(new)
            return self._settled - len(new), new
        if not self.pending and self._at_boundary(piece):
            self._settle()
        now, self.pending = self._now(own, piece)
        same = _common(self._open, now)
        kept = self._settled + same
        self._open = now
        return kept, [each for _, each in now[same:]]

    def _now(self, own: int, piece: bytes) -> tuple[Read, bytes]:
        """The open tokens with this piece, and what is pending."""
        text = b"".join(said for said, _ in self._open) + self.pending + piece
        if own != NOWHERE and not self.pending:
            now = [*self._open, (piece, own)]
            if self._free or not self._open:
                return now, b""
            read, pending = self.reader.read(text)
            # What could have been chosen in one token was chosen in several; else it could not.
            if pending or all(bool(self.known[each]) for _, each in read):
                return now, b""
            return read, b""
        return self.reader.read(text)

    def _at_boundary(self, piece: bytes) -> bool:
        if not self._open:
            return True
        last = self._open[-1][0]
        if piece[:1] in BLANK and last[-1:] not in BLANK:
            return True
        return sum(len(said) for said, _ in self._open) >= OPEN_BYTES

    def _settle(self) -> None:
        self._settled += len(self._open)
        self._open = Read()


def _whole(text: bytes) -> tuple[bytes, bytes]:
    """The text up to its last whole character, and the beginning of another one."""
    for back in range(1, min(4, len(text) + 1)):
        lead = text[-back]
        if lead & 0xC0 == 0x80:
            continue
        needed = 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
        return (text[:-back], text[-back:]) if back < needed else (text, b"")
    return text, b""


def _character(text: bytes, at: int) -> bytes:
    """The character that stands there, or the byte that is part of none."""
    for size in range(1, 5):
        try:
            text[at : at + size].decode()
        except UnicodeDecodeError:
            continue
        return text[at : at + size]
    return text[at : at + 1]


def _after(found: Read, anchor: bytes) -> Read:
    """The tokens after the anchor, before which the tokenizer may have put a space."""
    said = b""
    for at, (piece, _) in enumerate(found, start=1):
        said += piece
        if said in (anchor, b" " + anchor):
            return found[at:]
    return []


def _common(one: Sequence[tuple[bytes, int]], other: Sequence[tuple[bytes, int]]) -> int:
    """How many tokens at the beginning are the same."""
    same = 0
    for (_, ours), (_, theirs) in zip(one, other, strict=False):
        if ours != theirs:
            break
        same += 1
    return same
