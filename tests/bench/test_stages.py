from antiphon.bench import stages
from antiphon.runtime.trace import TurnTimes
from antiphon.session.events import TurnId


def test_the_stages_of_a_turn_are_in_milliseconds_and_add_up() -> None:
    times = TurnTimes(
        turn=TurnId(1),
        drafted=True,
        drafts_wasted=0,
        recognising_s=0.1,
        first_token_s=0.02,
        first_clause_s=0.03,
        first_audio_s=0.004,
    )
    found = stages.values(times)
    assert tuple(found) == stages.NAMES == ("words_ms", "first_token_ms", "clause_ms", "voice_ms")
    assert round(sum(found.values())) == round(1_000 * times.total_s)
