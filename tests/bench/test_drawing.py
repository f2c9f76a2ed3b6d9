import pytest
from msgspec.structs import replace

from antiphon.bench.drawing import LEFT, RIGHT, WIDTH, Drawn, Scale, drawn
from antiphon.bench.report import Picture
from tests.bench.sample import PICTURES, report


def picture(which: Picture) -> Drawn:
    found = drawn(report(), which)
    assert found is not None
    return found


def test_a_strip_has_a_dot_for_every_value_and_each_side_its_row() -> None:
    strip = picture(PICTURES[0])
    dots = [shape for shape in strip.shapes if shape.kind.startswith("dot")]
    assert len(dots) == 24
    assert sum(shape.kind.startswith("median") for shape in strip.shapes) == 2
    assert "question 0: 100 ms" in dots[0].hint
    assert all(LEFT <= float(dot.attributes["cx"]) <= WIDTH - RIGHT for dot in dots)


def test_bars_follow_one_another() -> None:
    bars = [shape for shape in picture(PICTURES[1]).shapes if shape.kind.startswith("stage")]
    assert len(bars) == 48 + 2  # of the key
    first, second = bars[0], bars[1]
    assert float(first.attributes["x"]) + float(first.attributes["width"]) == pytest.approx(
        float(second.attributes["x"]), abs=0.2
    )
    keys = [shape.text for shape in picture(PICTURES[1]).shapes if shape.kind == "key"]
    assert keys == ["from the end of speech to the first sound", "how often it was late"]


def test_a_curve_has_a_line_for_each_side_and_statistic() -> None:
    curve = picture(PICTURES[2])
    lines = [str(shape.attributes["d"]).count("L") for shape in curve.shapes if shape.tag == "path"]
    assert lines == [2, 2, 2, 2, 1, 1, 1, 1]  # three points each, and the key to them
    assert sum(shape.kind == "key" for shape in curve.shapes) == 4
    xs = sorted({float(shape.attributes["cx"]) for shape in curve.shapes if shape.tag == "circle"})
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.2)  # 1, 4, 16: by their ratio


def test_nothing_measured_is_not_drawn() -> None:
    empty = replace(report(), samples=())
    assert [drawn(empty, each) for each in PICTURES] == [None, None, None]


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 2_345), (-3, 7), (0.001, 0.002), (5, 5)])
def test_ticks_are_round_and_few(low: float, high: float) -> None:
    scale = Scale(low, high, 0, 100)
    ticks = scale.ticks()
    assert len(ticks) <= 16
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in ticks)


def test_a_logarithmic_scale_has_powers_of_two() -> None:
    assert Scale(1, 64, 0, 100, logarithmic=True).ticks() == [1, 2, 4, 8, 16, 32, 64]
