import json

import pytest

from antiphon.wire.codec import decode_client, encode_client
from antiphon.wire.content import (
    Blob,
    CodeExecutionResult,
    Content,
    ExecutableCode,
    FileData,
    FunctionCall,
    FunctionResponse,
    FunctionResponsePart,
    Language,
    Outcome,
    Part,
    PartMediaResolution,
    PartMediaResolutionLevel,
    Scheduling,
    VideoMetadata,
)
from antiphon.wire.kinds import Seconds

PARTS = [
    ({"text": ""}, Part(text="")),
    (
        {"text": "x", "thought": True, "thoughtSignature": "AQI="},
        Part(text="x", thought=True, thought_signature=b"\1\2"),
    ),
    (
        {"inlineData": {"mimeType": "image/png", "data": "AQI=", "displayName": "a"}},
        Part(inline_data=Blob(mime_type="image/png", data=b"\1\2", display_name="a")),
    ),
    (
        {
            "fileData": {"mimeType": "video/mp4", "fileUri": "gs://a/b", "displayName": "b"},
            "videoMetadata": {"startOffset": "1.5s", "endOffset": "3s", "fps": 0.5, "contentLayers": ["FRAMES"]},
            "mediaResolution": {"level": "MEDIA_RESOLUTION_ULTRA_HIGH", "numTokens": 64},
        },
        Part(
            file_data=FileData(mime_type="video/mp4", file_uri="gs://a/b", display_name="b"),
            video_metadata=VideoMetadata(
                start_offset=Seconds(1.5), end_offset=Seconds(3), fps=0.5, content_layers=("FRAMES",)
            ),
            media_resolution=PartMediaResolution(level=PartMediaResolutionLevel.ULTRA_HIGH, num_tokens=64),
        ),
    ),
    (
        {
            "functionCall": {
                "id": "1",
                "name": "f",
                "args": {"in_a": {"inB": None}},
                "partialArgs": [{"jsonPath": "$"}],
                "willContinue": True,
            }
        },
        Part(
            function_call=FunctionCall(
                id="1", name="f", args={"in_a": {"inB": None}}, partial_args=({"jsonPath": "$"},), will_continue=True
            )
        ),
    ),
    (
        {
            "functionResponse": {
                "id": "1",
                "name": "f",
                "response": {"output": [1]},
                "scheduling": "WHEN_IDLE",
                "willContinue": False,
                "parts": [{"inlineData": {"mimeType": "image/png", "data": "AQI="}}],
            }
        },
        Part(
            function_response=FunctionResponse(
                id="1",
                name="f",
                response={"output": [1]},
                scheduling=Scheduling.WHEN_IDLE,
                will_continue=False,
                parts=(FunctionResponsePart(inline_data=Blob(mime_type="image/png", data=b"\1\2")),),
            )
        ),
    ),
    (
        {"executableCode": {"id": "1", "language": "PYTHON", "code": "1+1"}},
        Part(executable_code=ExecutableCode(id="1", language=Language.PYTHON, code="1+1")),
    ),
    (
        {"codeExecutionResult": {"id": "1", "outcome": "OUTCOME_OK", "output": "2"}},
        Part(code_execution_result=CodeExecutionResult(id="1", outcome=Outcome.OK, output="2")),
    ),
    (
        {"partMetadata": {"a_b": 1}, "mediaProcessing": "STATIC"},
        Part(part_metadata={"a_b": 1}, media_processing="STATIC"),
    ),
]


@pytest.mark.requirement("content.parts")
@pytest.mark.parametrize(("sent", "part"), PARTS)
def test_every_part_is_read_and_written(sent: dict[str, object], part: Part) -> None:
    message = {"clientContent": {"turns": [{"parts": [sent]}]}}
    decoded = decode_client(json.dumps(message))
    assert decoded.client_content is not None
    assert decoded.client_content.turns == (Content(parts=(part,)),)
    assert json.loads(encode_client(decoded)) == message


@pytest.mark.requirement("wire.roles")
@pytest.mark.parametrize("role", ["user", "USER", "User"])
def test_a_role_is_read_in_any_case(role: str) -> None:
    decoded = decode_client(json.dumps({"clientContent": {"turns": {"role": role}}}))
    assert decoded.client_content is not None
    assert decoded.client_content.turns == (Content(role="user"),)


@pytest.mark.requirement("setup.instruction_string")
def test_an_instruction_may_be_a_bare_string_a_turn_may_not() -> None:
    decoded = decode_client('{"setup":{"systemInstruction":"Be brief."}}')
    assert decoded.setup is not None
    assert decoded.setup.system_instruction == Content(parts=(Part(text="Be brief."),))
    with pytest.raises(Exception, match=r"^client_content.turns: a string is not an object$"):
        decode_client('{"clientContent":{"turns":"hello"}}')
