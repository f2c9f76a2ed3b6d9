import pytest

from antiphon.errors import RemoteProtocolError
from antiphon.session.history import Entry, History, audio_tokens, say, text_of, token_details
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.setup import Modality


@pytest.mark.parametrize(("seconds", "tokens"), [(0.0, 0), (0.04, 1), (0.041, 2), (1.0, 25), (0.28, 7)])
def test_speech_costs_25_tokens_a_second(seconds, tokens):
    assert audio_tokens(seconds) == tokens


def test_spoken_words_cost_audio_and_typed_ones_text():
    assert Entry(say("user", "hi"), 2.0).typed == ""
    assert Entry(say("user", "hi"), 2.0).audio_tokens == 50
    assert Entry(say("user", "hi")).typed == "hi"


def test_thoughts_are_not_text():
    content = Content(parts=(Part(text="a"), Part(text="hm", thought=True), Part(text="b")))
    assert text_of(content) == "a\nb"


def test_details_leave_nothing_out_but_nothings():
    assert [(detail.modality, detail.token_count) for detail in token_details(3, 0)] == [(Modality.TEXT, 3)]
    assert len(token_details(1, 1)) == 2


def test_pictures_count_towards_the_limit():
    history = History(bytes_max=5_000)
    with pytest.raises(RemoteProtocolError, match="5000 bytes"):
        history.append(Entry(Content(parts=(Part(inline_data=Blob(data=bytes(5_000))),))))
