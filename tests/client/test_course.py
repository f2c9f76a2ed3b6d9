from antiphon.client.course import Typed, Words, new_course


def test_words_are_kept_up_to_a_number_of_bytes() -> None:
    words = Words(7)
    assert not words
    for text in (" \u4f60", "\u597d\u597d", "!"):
        words.add(text)
    assert words.text == "\u4f60\u597d", "a character is kept whole, and nothing behind what was left out"


def test_a_question_is_what_was_typed_and_what_was_said() -> None:
    course = new_course(100, [Typed(3, "Look.")])
    course.interim = " Where "
    assert course.question == "Look. Where"
    course.heard("Where is it?", finished=True)
    assert course.question == "Look. Where is it?"


def test_what_is_understood_while_the_reply_comes_is_of_the_next_question() -> None:
    course = new_course(100, said="Where ")
    course.begun = True
    course.heard("is it?", finished=True)
    course.heard("And the bus?", finished=True)
    assert (course.question, course.later.text) == ("Where is it?", "And the bus?")


def test_what_is_not_of_the_question_is_left() -> None:
    course = new_course(100, [Typed(3, "a"), Typed(5, "b")])
    course.leave_upcoming(4)
    assert (course.typed, course.upcoming) == ([Typed(3, "a")], [Typed(5, "b")])
