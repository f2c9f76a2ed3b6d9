import pytest

from antiphon.wire.client import (
    ActivityEnd,
    ActivityStart,
    ClientContent,
    ClientMessage,
    ContextUpdate,
    ContextUpdateTools,
    RealtimeInput,
    ToolResponse,
)
from antiphon.wire.codec import decode_client, encode_client
from antiphon.wire.content import Blob, Content, FunctionResponse, Part
from antiphon.wire.setup import Setup
from antiphon.wire.tools import Tool

PCM = Blob(mime_type="audio/pcm;rate=16000", data=b"\xfb\xff\xbf\x01")
RESPONSE = FunctionResponse(id="i", name="n", response={"output": "ok"})
HELLO = Content(role="user", parts=(Part(text="x"),))

MESSAGES = [
    ('{"setup":{"model":"models/x"}}', ClientMessage(setup=Setup(model="models/x"))),
    (
        '{"clientContent":{"turns":[{"role":"user","parts":[{"text":"x"}]}],"turnComplete":true}}',
        ClientMessage(client_content=ClientContent(turns=(HELLO,), turn_complete=True)),
    ),
    ('{"clientContent":{}}', ClientMessage(client_content=ClientContent())),
    (
        '{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"+/+/AQ=="}}}',
        ClientMessage(realtime_input=RealtimeInput(audio=PCM)),
    ),
    (
        '{"realtimeInput":{"video":{"mimeType":"image/png","data":"AQI="}}}',
        ClientMessage(realtime_input=RealtimeInput(video=Blob(mime_type="image/png", data=b"\1\2"))),
    ),
    ('{"realtimeInput":{"text":" "}}', ClientMessage(realtime_input=RealtimeInput(text=" "))),
    ('{"realtimeInput":{"audioStreamEnd":true}}', ClientMessage(realtime_input=RealtimeInput(audio_stream_end=True))),
    (
        '{"realtimeInput":{"activityStart":{}}}',
        ClientMessage(realtime_input=RealtimeInput(activity_start=ActivityStart())),
    ),
    ('{"realtimeInput":{"activityEnd":{}}}', ClientMessage(realtime_input=RealtimeInput(activity_end=ActivityEnd()))),
    (
        '{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm;rate=16000","data":"+/+/AQ=="}]}}',
        ClientMessage(realtime_input=RealtimeInput(media_chunks=(PCM,))),
    ),
    (
        '{"toolResponse":{"functionResponses":[{"id":"i","name":"n","response":{"output":"ok"}}]}}',
        ClientMessage(tool_response=ToolResponse(function_responses=(RESPONSE,))),
    ),
    (
        '{"contextUpdate":{"systemInstruction":{"role":"user","parts":[{"text":"x"}]},"tools":{"tools":[{"urlContext":{}}]}}}',
        ClientMessage(
            context_update=ContextUpdate(
                system_instruction=HELLO, tools=ContextUpdateTools(tools=(Tool(url_context={}),))
            )
        ),
    ),
    ('{"contextUpdate":{"tools":{}}}', ClientMessage(context_update=ContextUpdate(tools=ContextUpdateTools()))),
]


@pytest.mark.requirement("wire.envelopes")
@pytest.mark.parametrize(("text", "message"), MESSAGES)
def test_every_message_is_read_and_written(text: str, message: ClientMessage) -> None:
    assert decode_client(text) == message
    assert decode_client(text.encode()) == message
    assert encode_client(message) == text


@pytest.mark.requirement("wire.envelopes", "tools.bare_response")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"realtime_input":{"audio":{"data":"-_-_AQ==","mime_type":"audio/pcm;rate=16000"}}}',
            ClientMessage(realtime_input=RealtimeInput(audio=PCM)),
        ),
        (
            '{"realtime_input":{"media_chunks":{"mime_type":"audio/pcm;rate=16000","data":"+/+/AQ"}}}',
            ClientMessage(realtime_input=RealtimeInput(media_chunks=(PCM,))),
        ),
        (
            '{"client_content":{"turns":{"role":"USER","parts":{"text":"x"}},"turn_complete":true}}',
            ClientMessage(client_content=ClientContent(turns=(HELLO,), turn_complete=True)),
        ),
        (
            '{"tool_response":{"id":"i","name":"n","response":{"output":"ok"}}}',
            ClientMessage(tool_response=ToolResponse(function_responses=(RESPONSE,))),
        ),
        (
            '{"contextUpdate":{"tools":{"tools":[]}}}',
            ClientMessage(context_update=ContextUpdate(tools=ContextUpdateTools())),
        ),
        ('{"setup":null,"clientContent":{}}', ClientMessage(client_content=ClientContent())),
    ],
)
def test_other_forms_clients_send_are_read(text: str, message: ClientMessage) -> None:
    assert decode_client(text) == message
