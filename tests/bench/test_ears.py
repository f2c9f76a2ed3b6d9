from antiphon.bench.ears import Ears
from antiphon.bench.questions import questions
from antiphon.config import EngineNames, load_settings


async def test_each_stretch_is_heard_once() -> None:
    ears = Ears(load_settings(engines=EngineNames.scripted()))
    question = questions()[0]
    try:
        windows = await ears.speech(question)
        assert len(windows) == question.pcm.samples // ears.window
        assert set(windows) == {0.0, 1.0}
        assert await ears.speech(question) is windows
        assert await ears.finished(question, 0, 8_000) == 1.0
        assert (await ears.words(question, 0, 16_000)).startswith("speech of 1.0")
        assert (await ears.words(question, 0, 24_000)).startswith("speech of 1.5")
        assert await ears.words(question, 0, 16_000) is await ears.words(question, 0, 16_000)
        costs = await ears.costs(question)
        assert 0 < costs.verdict_s < 1
        assert 0 < costs.words_s < 1
    finally:
        await ears.aclose()
