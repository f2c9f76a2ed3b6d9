import json

import pytest

from antiphon.errors import CloseCode
from antiphon.server.refusals import Kind, Refused, google_error

CODES = {
    "INVALID_ARGUMENT": (400, 1007),
    "UNAUTHENTICATED": (401, 1008),
    "PERMISSION_DENIED": (403, 1008),
    "NOT_FOUND": (404, 1008),
    "RESOURCE_EXHAUSTED": (429, 1011),
    "UNAVAILABLE": (503, 1011),
}


@pytest.mark.requirement("errors.mapping")
@pytest.mark.parametrize("kind", Kind)
def test_codes_follow_the_mapping_of_the_protocol(kind):
    assert (kind.status, kind.code) == CODES[kind.name]
    assert Refused(kind, "no").code == kind.code


def test_one_may_close_with_another_code():
    assert Refused(Kind.UNAUTHENTICATED, "no", CloseCode.INVALID_ARGUMENT).code == 1007


@pytest.mark.requirement("errors.http")
def test_the_shape_of_a_google_api_error():
    answer = google_error(Kind.NOT_FOUND, "gone")
    assert answer.status_code == 404
    assert json.loads(answer.body) == {"error": {"code": 404, "message": "gone", "status": "NOT_FOUND"}}
