from antiphon.bench.words import error_percent, plain


def test_numbers_and_case_do_not_count() -> None:
    assert plain("Half past 6 30, please!") == plain("half past six thirty please")
    assert error_percent("Platform three.", "platform 3") == 0


def test_a_wrong_word_counts() -> None:
    assert error_percent("one two three four", "one two three door") > 0
    assert error_percent("hello", "") == 100
