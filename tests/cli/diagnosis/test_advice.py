import pytest

from antiphon.cli.diagnosis.advice import Product, meaning_of_close, meaning_of_status, remedy
from antiphon.client.endpoint import DEVELOPER_PATH, Endpoint, resolve
from tests.google.failures import BY_NAME, FAILURES, Failure, When, cut

INSTEAD_OF_SETUP_COMPLETE = [
    row for row in FAILURES if row.when in {When.OPENED, When.SETUP} and row.name != "handle-gone"
]
"""Handles are not asked about."""
UNEXPLAINED = meaning_of_close(4_999, "")


def vertex() -> Endpoint:
    url = "wss://aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
    return resolve(url, api_key="k", environment={"GOOGLE_CLOUD_PROJECT": "lamp"})


def gemini() -> Endpoint:
    return resolve("gemini", api_key="k", environment={})


def elsewhere() -> Endpoint:
    return resolve("ws://h", environment={})


def test_knows_whose_server_it_is() -> None:
    assert Product.of(vertex()) is Product.VERTEX
    assert Product.of(gemini()) is Product.GEMINI
    assert Product.of(elsewhere()) is Product.ELSEWHERE
    google = f"wss://generativelanguage.googleapis.com{DEVELOPER_PATH}"
    assert Product.of(resolve(google, api_key="k", environment={})) is Product.GEMINI


@pytest.mark.parametrize("failure", INSTEAD_OF_SETUP_COMPLETE, ids=str)
def test_explains_everything_that_may_come_instead_of_setup_complete(failure: Failure) -> None:
    meaning = meaning_of_close(failure.code, cut(failure.reason))
    assert meaning is not UNEXPLAINED
    for endpoint in (vertex(), gemini(), elsewhere()):
        assert remedy(meaning, endpoint).advice


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("unregistered", "it wants a key"),
        ("bad-key", "it does not know this key"),
        ("expired-key", "the key has expired"),
        ("region-blocked", "it does not serve the place this machine is in"),
        ("model-unknown", "it has no such model"),
        ("model-unknown-vertex", "it has no such model"),
        ("model-retired", "the model is not, or no longer, a model to talk to"),
        ("unknown-field", "it does not know a field"),
        ("invalid-argument", "something in the setup is not to its liking"),
        ("text-on-native-audio", "the model does not answer in the form"),
        ("two-modalities", "the model does not answer in the form"),
        ("unsupported", "the model, or this location, does not do"),
        ("concurrency", "as many sessions as are allowed"),
        ("quota", "the quota is used up"),
        ("overloaded", "it is overloaded"),
        ("service-unavailable", "it is overloaded"),
        ("internal", "something broke in the server"),
        ("deadline", "it is overloaded"),
        ("restarting", "it is overloaded or being restarted"),
        ("dropped", "the connection was cut"),
    ],
)
def test_says_what_it_means(name: str, means: str) -> None:
    failure = BY_NAME[name]
    assert meaning_of_close(failure.code, cut(failure.reason)).means.startswith(means)


@pytest.mark.parametrize(
    ("code", "reason", "means"),
    [
        (1008, "Requests to this API generativelanguage.googleapis.com method X are blocked.", "but not for this API"),
        (1008, "Ephemeral token expired: its expireTime has passed.", "the ephemeral token"),
        (1008, "Generative Language API has not been used in project 7 before or it is disabled.", "you may not use"),
        (1000, "", "it ended the session before it began"),
        (1003, "", "antiphon knows no explanation"),
    ],
)
def test_says_what_others_mean(code: int, reason: str, means: str) -> None:
    assert means in meaning_of_close(code, reason).means


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (302, "sends its callers elsewhere"),
        (401, "does not take these credentials"),
        (403, "you may not use it"),
        (404, "no Live API at this path"),
        (418, "turns the connection away"),
        (429, "the quota is used up"),
        (500, "something broke in the server"),
        (502, "does not reach it"),
        (503, "overloaded or being restarted"),
        (799, "turns the connection away"),
    ],
)
def test_says_what_a_status_means(status: int, means: str) -> None:
    assert means in meaning_of_status(status).means


def test_commands_name_the_project() -> None:
    commands = remedy(meaning_of_status(403), vertex()).commands
    assert commands[0] == "gcloud services enable aiplatform.googleapis.com --project lamp"
    express = resolve("vertex", api_key="k", environment={})
    assert "--project PROJECT" in remedy(meaning_of_status(403), express).commands[0]


def test_each_product_has_its_own_remedy() -> None:
    bad_key = meaning_of_close(1007, BY_NAME["bad-key"].reason)
    assert "aistudio" in remedy(bad_key, gemini()).advice
    assert remedy(bad_key, elsewhere()).commands == ("antiphon keys add NAME",)
