from antiphon.bench.rounds import Stopwatch, in_turn, steps


def test_every_side_has_every_place() -> None:
    orders = [in_turn("abc", number) for number in range(4)]
    assert orders == [("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b"), ("a", "b", "c")]


def test_the_bar_keeps_out_of_a_pipe(capsys) -> None:
    with steps(2) as progress:
        progress.begin("one")
        progress.done()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "one" not in captured.err


def test_a_stopwatch_goes_on() -> None:
    watch = Stopwatch()
    assert 0 <= watch.seconds <= watch.seconds
