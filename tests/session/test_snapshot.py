from antiphon.session.snapshot import KeptEntry, Snapshot, read, written
from antiphon.wire.content import Blob, Content, FunctionCall, FunctionResponse, Part, VideoMetadata
from antiphon.wire.kinds import Int64, Seconds
from antiphon.wire.setup import (
    ContextWindowCompressionConfig,
    GenerationConfig,
    Modality,
    SessionResumptionConfig,
    Setup,
)
from antiphon.wire.tools import FunctionDeclaration, Tool


def kept(part: Part) -> KeptEntry:
    return KeptEntry(content=Content(parts=(part,)), camera=True)


SNAPSHOT = Snapshot(
    setup=Setup(
        model="models/x",
        generation_config=GenerationConfig(response_modalities=(Modality.TEXT,), temperature=0.5),
        tools=(Tool(function_declarations=(FunctionDeclaration(name="f", parameters={"snake_case": None}),)),),
        session_resumption=SessionResumptionConfig(),
        context_window_compression=ContextWindowCompressionConfig(trigger_tokens=Int64(2**40)),
        labels={"a": "b"},
    ),
    entries=(
        KeptEntry(content=Content(role="user", parts=(Part(text='"ü" — 👋'),)), spoken_s=1.25),
        kept(Part(inline_data=Blob(mime_type="image/png", data=bytes(range(256))))),
        kept(Part(function_call=FunctionCall(id="1", name="f", args={"n": [1, 2.5, None]}))),
        kept(Part(function_response=FunctionResponse(id="1", response={}))),
        kept(Part(video_metadata=VideoMetadata(start_offset=Seconds(1.5)))),
    ),
    pinned=1,
    calls=(FunctionCall(id="2", name="g"),),
)


def test_what_is_written_is_read():
    assert read(written(SNAPSHOT)) == SNAPSHOT
    assert read(written(Snapshot())) == Snapshot()


def test_what_another_version_wrote_is_not_half_read():
    assert read(b'{"setup":{"model":"x"},"invented":1}') is None
    assert read(b"no JSON") is None
    assert read(b"[]") is None
