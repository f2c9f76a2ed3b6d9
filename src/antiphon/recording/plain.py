"""Messages as the JSON of a recording: media put elsewhere, secrets replaced.

What comes out is what the wire would carry, in camelCase and without default values, so that the wire's
own readers read it again.
"""

import base64
from collections.abc import Callable

from msgspec import Struct

from antiphon.recording.lines import ImagePlace, SoundPlace
from antiphon.recording.secrets import SECRET_FIELDS, Placeholders, is_secret_key
from antiphon.wire.content import Blob
from antiphon.wire.kinds import Int64, Message, Seconds, wire_scalar
from antiphon.wire.setup import GenerationConfig
from antiphon.wire.tools import FunctionDeclaration

PutElsewhere = Callable[[Blob], SoundPlace | ImagePlace | None]
"""Keeps a blob's data in a file; None where it has to stay in its line."""

_SCHEMAS_ONLY = (FunctionDeclaration, GenerationConfig)
"""Their free-form members are schemas: a key there names an argument and says nothing of its value."""


class Plain:
    """Turns messages into JSON values."""

    def __init__(self, placeholders: Placeholders, put_elsewhere: PutElsewhere) -> None:
        self._placeholders = placeholders
        self._put_elsewhere = put_elsewhere

    def plain(self, message: Struct) -> dict[str, object]:
        """Give a message's members that are not at their default."""
        kind = type(message)
        names = zip(
            message.__struct_fields__, message.__struct_encode_fields__, message.__struct_defaults__, strict=True
        )
        found: dict[str, object] = {}
        for name, key, default in names:
            value = getattr(message, name)
            if value is None or value == default:
                continue
            if (kind, name) in SECRET_FIELDS:
                found[key] = self._hidden(SECRET_FIELDS[kind, name], value)
            elif isinstance(value, dict) and isinstance(message, _SCHEMAS_ONLY):
                found[key] = value
            else:
                found[key] = self._value(value)
        if isinstance(message, Blob) and (place := self._put_elsewhere(message)) is not None:
            found["data"] = place
        return found

    def _value(self, value: object) -> object:
        match value:
            case Message():
                return self.plain(value)
            case tuple() | list():
                return [self._value(item) for item in value]
            case dict():
                return self._free(value)
            case str():
                return self._placeholders.scrubbed(value)
            case bytes():
                return base64.b64encode(value).decode()
            case Int64() | Seconds():
                return wire_scalar(value)
            case _:
                return value

    def _hidden(self, kind: str, secret: str | bytes) -> str:
        """A placeholder of the field's own type: bytes are base64 on the wire."""
        placeholder = self._placeholders.placeholder(kind, secret)
        return placeholder if isinstance(secret, str) else base64.b64encode(placeholder.encode()).decode()

    def _free(self, value: object, *, secret: bool = False) -> object:
        match value:
            case dict():
                return {key: self._free(item, secret=secret or is_secret_key(key)) for key, item in value.items()}
            case list():
                return [self._free(item, secret=secret) for item in value]
            case str():
                return self._placeholders.placeholder("secret", value) if secret else self._placeholders.scrubbed(value)
            case _:
                return value
