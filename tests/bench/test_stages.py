from antiphon.bench import stages
from tests.bench.sample import TIMES


def test_the_stages_of_a_turn_are_in_milliseconds_and_add_up() -> None:
    found = stages.values(TIMES)
    assert tuple(found) == stages.NAMES == ("words_ms", "first_token_ms", "clause_ms", "voice_ms")
    assert round(sum(found.values())) == round(1_000 * TIMES.total_s)
