import pytest

from antiphon.engines.phonemes import breakable, in_pieces


def test_words_without_an_end_are_broken() -> None:
    assert breakable("x" * 70) == f"{'x' * 32} {'x' * 32} {'x' * 6}"
    assert breakable("a" * 32 + " antidisestablishmentarianism") == "a" * 32 + " antidisestablishmentarianism"


def test_a_sentence_that_fits_stays_as_it_is() -> None:
    assert in_pieces(["həlˈO,  ðˈɛɹ.", "jˈɛs."], 14) == ["həlˈO,  ðˈɛɹ.", "jˈɛs."]


def test_a_longer_one_is_cut_after_a_clause() -> None:
    assert in_pieces(["aa, bb; cc dd. ee"], 8) == ["aa, bb;", "cc dd.", "ee"]


def test_without_a_clause_it_is_cut_between_words_and_at_last_inside_one() -> None:
    assert in_pieces(["aa bb cc, dddddddd"], 6) == ["aa bb", "cc,", "dddddd", "dd"]


@pytest.mark.parametrize("silent", ["", "...", "—", " ? ", '"'])
def test_what_has_no_sound_is_left_out(silent: str) -> None:
    assert in_pieces([silent, "ˈI"], 10) == ["ˈI"]
