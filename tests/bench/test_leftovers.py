from antiphon.bench.leftovers import idle, passing
from tests.bench.sample import terms


async def test_idle_sessions_take_memory() -> None:
    outcome = await idle(terms(), 8)
    assert outcome.samples[0].values["lost"] == 0
    assert outcome.findings[0].wanted == "<= 150"
    assert {metric.name for metric in outcome.metrics} == {"kib_a_session", "lost"}


async def test_sessions_that_passed_leave_no_task_and_no_file() -> None:
    outcome = await passing(terms(), 10)
    values = outcome.samples[0].values
    assert (values["tasks"], values["files"], values["lost"]) == (0, 0, 0)
    assert all(finding.met is not False for finding in outcome.findings)
