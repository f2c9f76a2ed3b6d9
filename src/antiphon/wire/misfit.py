"""A JSON value that does not fit the type it is read as: where, and why."""

import msgspec

QUOTED_CHARACTERS_MAX = 40
"""What is repeated of the peer's own text."""


class MisfitError(Exception):
    """Raised where a value is read; each reader it passes on its way up adds its step of the path."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self._fault = fault
        self._steps: list[str] = []

    def within(self, step: str) -> None:
        """Say that it lies in this field, or in this item (`[0]`)."""
        self._steps.append(step)

    @property
    def path(self) -> str:
        """Where, in snake_case: `client_content.turns[0].parts[1].text`."""
        return "".join(f".{step}" if step[0] != "[" else step for step in reversed(self._steps)).removeprefix(".")

    @property
    def reason(self) -> str:
        """For the close frame, with the path first: the frame may cut the rest."""
        return f"{self.path or 'message'}: {self._fault}"


class UnknownFieldError(MisfitError):
    """A key no field has. Worded as the vendor words it (protocol.md 1.3)."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Unknown name {quoted(key)}")

    @property
    def reason(self) -> str:
        where = f" at '{self.path}'" if self.path else ""
        return f"Invalid JSON payload received. {self._fault}{where}: Cannot find field."


def quoted(value: object) -> str:
    """Repeat a value, cut short; of a list or object only say that it is one."""
    if isinstance(value, list | dict):
        return named(value)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if len(text) > QUOTED_CHARACTERS_MAX:
        text = text[:QUOTED_CHARACTERS_MAX] + "…"
    return msgspec.json.encode(text).decode() if isinstance(value, str) else text


def named(value: object) -> str:
    """Say what a value is without repeating it: it may be media."""
    return _NAMES[type(value)]


_NAMES: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}
