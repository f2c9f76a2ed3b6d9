import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.runtime.sentences import PIECE_CHARS_MAX, Sentences, speakable


def pieces(text: str, step: int = 3) -> list[str]:
    """Somebody waits for the first of them only."""
    found: list[str] = []
    sentences = Sentences(lambda: not found)
    for at in range(0, len(text), step):
        for piece in sentences.feed(text[at : at + step]):
            found.append(piece)  # noqa: PERF402 - what is found decides where the next one ends
    return [piece for piece in [*found, sentences.finish()] if piece]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes. It is.", ["Yes.", " It is."]),
        (
            "The nearest one, I think, is here. Go left, then right.",
            ["The nearest one,", " I think, is here.", " Go left, then right."],
        ),
        ("Well, yes, of course.", ["Well, yes,", " of course."]),
        ("Yes: Dr. Smith lives in St. Ives. He is well.", ["Yes: Dr. Smith lives", " in St. Ives.", " He is well."]),
        ("The capital of France is Paris.", ["The capital of France", " is Paris."]),
        ("I think that it is in the north of it.", ["I think that it is in the north of it."]),
        ("Eins zwei drei vier fünf sechs sieben acht neun.", ["Eins zwei drei vier fünf sechs sieben", " acht neun."]),
        ("It costs 3.50 pounds. Fine.", ["It costs 3.50 pounds.", " Fine."]),
        ("One\nTwo", ["One\n", "Two"]),
        ("我很好。谢谢。", ["我很好。", "谢谢。"]),
        ("", []),
    ],
)
def test_pieces_end_where_a_voice_would_pause(text, expected):
    assert pieces(text) == expected


def test_the_first_piece_does_not_wait_for_the_end_of_the_word_behind_it():
    sentences = Sentences(lambda: True)
    assert list(sentences.feed("The capital of France")) == []
    assert list(sentences.feed(" is")) == ["The capital of France"]


def test_who_waits_again_gets_a_clause_again():
    waits = True
    sentences = Sentences(lambda: waits)
    assert list(sentences.feed("The capital of France is")) == ["The capital of France"]
    waits = False
    assert list(sentences.feed(" Paris, which lies")) == []
    waits = True
    assert next(sentences.feed(" on")) == " is Paris,"


@given(st.text(max_size=800), st.integers(1, 50))
def test_nothing_is_lost_and_no_piece_is_endless(text, step):
    found = pieces(text, step)
    assert "".join(found) == text
    assert all(len(piece) <= PIECE_CHARS_MAX + step for piece in found)


@pytest.mark.requirement("generation.markup")
@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("**Turn** left at the `bank`.", "Turn left at the bank."),
        ("# Title\n- one\n- two", "Title one two"),
        ("See [the map](http://x.y/z).", "See the map."),
        ("Look at https://example.org/a now", "Look at a link now"),
        ("```python\nprint(1)\n```", ""),
        (" ... ", ""),
        ("snake_case", "snakecase"),
    ],
)
def test_markup_is_not_spoken(text, spoken):
    assert speakable(text) == spoken
