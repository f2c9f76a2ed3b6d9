"""What a session is called, and what it calls things."""

import uuid
from dataclasses import dataclass
from hashlib import sha256

from antiphon.wire.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Identity:
    """The session's id, given from outside, and the product it is a session of."""

    id: str
    dialect: Dialect

    def name_call(self, number: int) -> str:
        """The id of the nth function call: unique among all sessions, in the product's form (protocol.md 3)."""
        name = f"{self.id}/{number}"
        if self.dialect is Dialect.VERTEX:
            return str(uuid.uuid5(uuid.NAMESPACE_OID, name))
        return f"function-call-{int.from_bytes(sha256(name.encode()).digest()[:8])}"
