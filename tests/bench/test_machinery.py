import pytest

from antiphon.bench.machinery import CASES, microseconds


@pytest.mark.parametrize("name", CASES)
def test_each_part_can_be_called_again_and_again(name: str) -> None:
    assert microseconds(CASES[name], 20) > 0
