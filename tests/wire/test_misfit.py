import pytest

from antiphon.wire.misfit import MisfitError, UnknownFieldError, named, quoted


def nested(misfit: MisfitError, *steps: str) -> MisfitError:
    for step in steps:
        misfit.within(step)
    return misfit


@pytest.mark.requirement("errors.invalid_argument")
def test_a_reason_begins_with_the_path() -> None:
    misfit = nested(MisfitError("7 is not a string"), "text", "[1]", "parts", "[0]", "turns", "client_content")
    assert misfit.path == "client_content.turns[0].parts[1].text"
    assert misfit.reason == "client_content.turns[0].parts[1].text: 7 is not a string"


def test_without_a_path_it_is_the_message() -> None:
    assert MisfitError("a list is not an object").reason == "message: a list is not an object"


@pytest.mark.requirement("wire.unknown_field")
def test_an_unknown_field_is_worded_as_by_the_vendor() -> None:
    assert nested(UnknownFieldError("X"), "generation_config", "setup").reason == (
        "Invalid JSON payload received. Unknown name \"X\" at 'setup.generation_config': Cannot find field."
    )
    assert UnknownFieldError("X").reason == 'Invalid JSON payload received. Unknown name "X": Cannot find field.'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ("\n\0", '"\\n\\u0000"'),
        ("x" * 40, '"' + "x" * 40 + '"'),
        ("x" * 41, '"' + "x" * 40 + '…"'),
        (5, "5"),
        (10**50, "1" + "0" * 39 + "…"),
        (0.5, "0.5"),
        (True, "true"),
        (None, "null"),
        ([1], "a list"),
        ({"a": 1}, "an object"),
    ],
)
def test_values_are_repeated_short(value: object, text: str) -> None:
    assert quoted(value) == text


@pytest.mark.requirement("errors.nothing_repeated")
@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({}, "an object"),
        ([], "a list"),
        ("QUJD", "a string"),
        (True, "a boolean"),
        (1, "a number"),
        (1.5, "a number"),
        (None, "null"),
    ],
)
def test_media_are_named_not_repeated(value: object, name: str) -> None:
    assert named(value) == name
