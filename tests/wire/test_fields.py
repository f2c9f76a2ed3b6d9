from enum import StrEnum
from typing import Annotated

import pytest

from antiphon.wire.fields import Readers
from antiphon.wire.kinds import JsonObject, Lenient, Message
from antiphon.wire.misfit import MisfitError


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


class Inner(Message, frozen=True, kw_only=True):
    deep_name: str = ""


class Outer(Message, frozen=True, kw_only=True):
    """One field of each kind."""

    plain_name: str | None = None
    inner_one: Inner | None = None
    inner_many: tuple[Inner, ...] = ()
    free_form: JsonObject | None = None
    closed: Colour | None = None
    closed_many: tuple[Colour, ...] = ()
    open_ended: Colour | str | None = None
    shorthand: (
        Annotated[Inner, Lenient(lambda value: {"deep_name": value} if isinstance(value, str) else value)] | None
    ) = None


class OuterElsewhere(Outer, frozen=True, kw_only=True, rename={"plain_name": "otherName"}):
    plain_name: str | None = None


strict = Readers(strict=True).message(Outer)
forgiving = Readers(strict=False, spellings={Outer: OuterElsewhere}).message(Outer)


@pytest.mark.requirement("wire.keys", "wire.null", "wire.lists")
@pytest.mark.parametrize(
    ("value", "result"),
    [
        ({}, Outer()),
        ({"plainName": "a"}, Outer(plain_name="a")),
        ({"plain_name": "a"}, Outer(plain_name="a")),
        ({"plain_name": None, "innerOne": None, "inner_many": None}, Outer()),
        ({"innerOne": {}}, Outer(inner_one=Inner())),
        ({"innerOne": {"deep_name": "x"}}, Outer(inner_one=Inner(deep_name="x"))),
        ({"inner_one": {"deepName": "x"}}, Outer(inner_one=Inner(deep_name="x"))),
        (
            {"innerMany": [{"deep_name": "x"}, {"deepName": "y"}]},
            Outer(inner_many=(Inner(deep_name="x"), Inner(deep_name="y"))),
        ),
        ({"innerMany": {"deep_name": "x"}}, Outer(inner_many=(Inner(deep_name="x"),))),
        ({"freeForm": {"plain_name": None, "innerOne": []}}, Outer(free_form={"plain_name": None, "innerOne": []})),
        ({"closed": "red"}, Outer(closed=Colour.RED)),
        ({"closed": "COLOUR_UNSPECIFIED"}, Outer()),
        ({"closedMany": "blue"}, Outer(closed_many=(Colour.BLUE,))),
        ({"closedMany": ["red", "COLOUR_UNSPECIFIED", "blue"]}, Outer(closed_many=(Colour.RED, Colour.BLUE))),
        ({"openEnded": "blue"}, Outer(open_ended=Colour.BLUE)),
        ({"openEnded": "GREEN"}, Outer(open_ended="GREEN")),
        ({"shorthand": "x"}, Outer(shorthand=Inner(deep_name="x"))),
        ({"shorthand": {"deepName": "x"}}, Outer(shorthand=Inner(deep_name="x"))),
    ],
)
def test_what_both_take(value: object, result: Outer) -> None:
    assert strict(value) == result
    assert forgiving(value) == result


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([], "message: a list is not an object"),
        ({"innerOne": "QUJD"}, "inner_one: a string is not an object"),
        ({"innerMany": [{}, 5]}, "inner_many[1]: a number is not an object"),
        ({"innerMany": [None]}, "inner_many[0]: null is not an object"),
        ({"innerMany": {"deepName": 5}}, "inner_many.deep_name: 5 is not a string"),
        ({"innerMany": [{"deepName": 5}]}, "inner_many[0].deep_name: 5 is not a string"),
        ({"openEnded": 5}, "open_ended: 5 is not a string"),
        ({"freeForm": [1]}, "free_form: a list is not an object"),
    ],
)
def test_what_both_refuse(value: object, reason: str) -> None:
    for read in (strict, forgiving):
        with pytest.raises(MisfitError) as caught:
            read(value)
        assert caught.value.reason == reason


@pytest.mark.requirement("wire.newer_server")
@pytest.mark.parametrize(
    ("value", "reason", "forgiven"),
    [
        (
            {"innerOne": {"deepName": "x", "newName": 1}},
            "Invalid JSON payload received. Unknown name \"newName\" at 'inner_one': Cannot find field.",
            Outer(inner_one=Inner(deep_name="x")),
        ),
        ({"closed": "GREEN"}, 'closed: "GREEN" is not one of RED, BLUE', Outer()),
        (
            {"closedMany": ["GREEN", "RED"]},
            'closed_many[0]: "GREEN" is not one of RED, BLUE',
            Outer(closed_many=(Colour.RED,)),
        ),
        (
            {"plainName": "a", "plain_name": "b"},
            "plain_name: given twice, in camelCase and in snake_case",
            Outer(plain_name="b"),
        ),
        (
            {"otherName": "a"},
            'Invalid JSON payload received. Unknown name "otherName": Cannot find field.',
            Outer(plain_name="a"),
        ),
    ],
)
def test_what_only_the_forgiving_take(value: object, reason: str, forgiven: Outer) -> None:
    with pytest.raises(MisfitError) as caught:
        strict(value)
    assert caught.value.reason == reason
    assert forgiving(value) == forgiven


def test_a_type_without_a_reader_is_found_when_readers_are_made() -> None:
    class Odd(Message, frozen=True, kw_only=True):
        when: complex = 0j

    with pytest.raises(TypeError, match="no reader for"):
        Readers(strict=True).message(Odd)
