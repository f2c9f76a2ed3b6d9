"""What a reasoning model thinks aloud is told from what it says."""

import pytest

from antiphon.engines.contracts import TextDelta
from antiphon.engines.thoughts import ThoughtSplitter

ANSWERS = [
    ("Paris.", "Paris.", ""),
    ("<think>France, so Paris.</think>\n\nParis.", "Paris.", "France, so Paris."),
    ("One <think>two</think>three", "One three", "two"),
    ("<think>a</think>b<think>c</think>d", "bd", "ac"),
    ("<think>cut off", "", "cut off"),
    ("<think>cut </th", "", "cut </th"),
    ("2 < 3 and <thin", "2 < 3 and <thin", ""),
    ("<<think>a</think>b", "<b", "a"),
    ("<think>a</thin</think>b", "b", "a</thin"),
    ("  Paris. ", "Paris. ", ""),
    ("", "", ""),
]


def split(*deltas: str) -> tuple[str, str]:
    splitter = ThoughtSplitter()
    outputs = [output for delta in deltas for output in splitter.feed(delta)] + list(splitter.finish())
    assert all(output.text for output in outputs)
    said = "".join(output.text for output in outputs if isinstance(output, TextDelta))
    return said, "".join(output.text for output in outputs if not isinstance(output, TextDelta))


@pytest.mark.parametrize(("answer", "said", "thought"), ANSWERS)
def test_an_answer_in_one_piece(answer: str, said: str, thought: str) -> None:
    assert split(answer) == (said, thought)


@pytest.mark.parametrize(("answer", "said", "thought"), ANSWERS)
def test_an_answer_split_anywhere(answer: str, said: str, thought: str) -> None:
    assert split(*answer) == (said, thought)
    for cut in range(len(answer)):
        assert split(answer[:cut], answer[cut:]) == (said, thought)


def test_only_the_beginning_of_a_tag_is_held_back() -> None:
    splitter = ThoughtSplitter()
    assert list(splitter.feed("Paris <")) == [TextDelta("Paris ")]
    assert list(splitter.feed("3")) == [TextDelta("<3")]


def test_a_long_thought_is_not_kept() -> None:
    splitter = ThoughtSplitter()
    list(splitter.feed("<think>"))
    for _ in range(100):
        list(splitter.feed("and so on, " * 100))
    assert len(splitter._held) < len("</think>")
