"""What a requirement is: one behaviour a client can observe, where it is written, and how antiphon stands to it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class _Stated:
    source: str
    """Clauses of docs/protocol.md with their evidence (`1.3 [P]`), items of its appendix B (`B.7`), rules taken
    from clients that were run (`clients 4.3`: section and rule); or `antiphon`, a promise of our own."""
    sentence: str


@dataclass(frozen=True)
class Met(_Stated):
    """antiphon does it, and tests show that."""

    tests: tuple[str, ...] = ()
    """Tests that carry no marker, by node id: those of other people's rooms."""


@dataclass(frozen=True)
class Differs(_Stated):
    """antiphon does something else, on purpose, and tests show what."""

    instead: str
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap(_Stated):
    """antiphon does not do it."""

    why: str
    client: str
    """What a client sees instead."""


Requirement = Met | Differs | Gap
