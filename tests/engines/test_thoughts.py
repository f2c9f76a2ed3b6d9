"""What a reasoning model thinks aloud is never said."""

import pytest

from antiphon.engines.thoughts import ThoughtFilter

ANSWERS = [
    ("Paris.", "Paris."),
    ("<think>France, so Paris.</think>\n\nParis.", "Paris."),
    ("One <think>two</think>three", "One three"),
    ("<think>a</think>b<think>c</think>d", "bd"),
    ("<think>cut off", ""),
    ("2 < 3 and <thin", "2 < 3 and <thin"),
    ("<<think>a</think>b", "<b"),
    ("<think>a</thin</think>b", "b"),
    ("  Paris. ", "Paris. "),
    ("", ""),
]


def filtered(*deltas: str) -> str:
    thoughts = ThoughtFilter()
    return "".join([thoughts.feed(delta) for delta in deltas] + [thoughts.finish()])


@pytest.mark.parametrize(("answer", "said"), ANSWERS)
def test_an_answer_in_one_piece(answer: str, said: str) -> None:
    assert filtered(answer) == said


@pytest.mark.parametrize(("answer", "said"), ANSWERS)
def test_an_answer_split_anywhere(answer: str, said: str) -> None:
    assert filtered(*answer) == said
    for cut in range(len(answer)):
        assert filtered(answer[:cut], answer[cut:]) == said


def test_only_the_beginning_of_a_tag_is_held_back() -> None:
    thoughts = ThoughtFilter()
    assert thoughts.feed("Paris <") == "Paris "
    assert thoughts.feed("3") == "<3"


def test_a_long_thought_is_not_kept() -> None:
    thoughts = ThoughtFilter()
    thoughts.feed("<think>")
    for _ in range(100):
        thoughts.feed("and so on, " * 100)
    assert len(thoughts._held) < len("</think>")
