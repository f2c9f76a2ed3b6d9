from antiphon.bench.report import Sample, Strip
from antiphon.bench.run import About, Outcome, Terms, reported
from antiphon.client.endpoint import resolve
from tests.bench.sample import METRICS, terms


async def outcome(subject: str = "") -> Outcome:
    return Outcome(
        samples=(Sample(side="a", item="x", round=1, values={"first_ms": 3.0}),),
        metrics=METRICS,
        findings=(),
        limits=(),
        subject=subject,
        pictures=(Strip(title="t", metric="first_ms"),),
    )


async def test_a_run_becomes_a_report() -> None:
    report = await reported(About("latency", "How long?"), terms(), {"recordings": "all"}, outcome())
    assert (report.command, report.question, report.seed) == ("latency", "How long?", 1)
    assert report.subject == "antiphon with scripted"
    assert report.options == {"recordings": "all"}
    assert [figure.metric for figure in report.figures] == ["first_ms"]
    assert report.seconds >= 0
    named = await reported(About("latency", "How long?"), terms(), {}, outcome("antiphon without engines"))
    assert named.subject == "antiphon without engines"


def test_a_server_of_somebody_else_is_named_without_secrets() -> None:
    endpoint = resolve("wss://live.example/ws?key=secret", api_key="other-secret")
    theirs = Terms(rounds=1, seed=1, endpoint=endpoint)
    assert theirs.name == "live.example"
    assert theirs.subject.startswith("wss://live.example/")
    assert "secret" not in theirs.subject
