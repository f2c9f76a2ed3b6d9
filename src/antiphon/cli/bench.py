"""`antiphon bench`: its commands and their flags."""

from pathlib import Path
from typing import Annotated

import typer

from antiphon.bench.choices import Recordings, Sessions
from antiphon.bench.extra import require_extra
from antiphon.cli.embedded import Engines

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        "--endpoint",
        metavar="WHERE",
        help="antiphon, gemini, vertex, google or a URL. Without it our own server is started, measured and stopped.",
        show_default=False,
    ),
]
Model = Annotated[str | None, typer.Option(metavar="NAME", help="The model asked for at --url.", show_default=False)]
Rounds = Annotated[int, typer.Option(min=1, help="Times everything is measured; five or more for a figure to quote.")]
Seed = Annotated[int, typer.Option(help="Of all that is left to chance: the same seed, the same run.")]
Json = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="FILE", help="Keep the report, every sample in it; FILE.gz is compressed.", show_default=False
    ),
]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Draw it as one web page.", show_default=False)
]
Compare = Annotated[
    Path | None,
    typer.Option("--compare", metavar="OTHER.json", help="A report of before, shown beside.", show_default=False),
]
EnginesFlag = Annotated[
    Engines, typer.Option("--engines", help="Of our own server; scripted ones need no weights and answer by rote.")
]
Most = Annotated[int, typer.Option("--sessions", min=1, help="At most so many at once, or in all.", show_default=False)]
Seconds = Annotated[float, typer.Option(min=0.5, help="For which each number of sessions is measured.")]


@app.callback()
def about() -> None:
    """Measure how long a person waits, and what a machine carries.

    Each command asks one question and answers it with a table; --json keeps
    every sample, --html draws one page, --compare shows a report of before
    beside. What each figure means, and what it does not say: docs/bench.md.

    [bold]Examples[/bold]

      antiphon bench latency                    our own server, two minutes

      antiphon bench latency --json a.json      ... kept, with every sample

      antiphon bench latency --compare a.json   is it faster than before?

      antiphon bench latency --url gemini       the same ruler for Google's
    """


@app.command()
def latency(  # noqa: PLR0913, PLR0917 - the flags of the command
    recordings: Annotated[
        Recordings,
        typer.Option(help="pauses: longer questions that hesitate; readings: by people; all: the first two."),
    ] = Recordings.QUESTIONS,
    rounds: Rounds = 1,
    seed: Seed = 1,
    url: Url = None,
    model: Model = None,
    engines: EnginesFlag = Engines.EMBEDDED,
    json: Json = None,
    html: Html = None,
    compare: Compare = None,
) -> None:
    """Measure how long a person waits for the first sound of an answer.

    Recorded questions are streamed in real time, as from a microphone that
    stays open; the wait runs from the last sound of speech in the recording
    to the first sound that arrives. Our own server is measured twice in turn:
    drafting answers before it is sure (speculative), and not (serial).

    [bold]Examples[/bold]

      antiphon bench latency --recordings all --rounds 5 --html latency.html

      GOOGLE_API_KEY=… antiphon bench latency --url gemini
    """
    require_extra()
    from antiphon.bench.latency import ABOUT, measure, tasks_of  # noqa: PLC0415
    from antiphon.cli.benching.errand import Order, carry_out  # noqa: PLC0415

    order = Order(
        rounds=rounds, seed=seed, engines=engines, url=url, model=model, json=json, html=html, compare=compare
    )
    carry_out(order, ABOUT, {"recordings": recordings}, lambda terms: measure(terms, tasks_of(recordings, terms.seed)))


@app.command()
def interruption(  # noqa: PLR0913, PLR0917 - the flags of the command
    rounds: Rounds = 10,
    seed: Seed = 1,
    url: Url = None,
    model: Model = None,
    engines: EnginesFlag = Engines.EMBEDDED,
    json: Json = None,
    html: Html = None,
    compare: Compare = None,
) -> None:
    """Measure how soon the voice stops when the user speaks.

    Two seconds into a long answer a recorded question is streamed in real
    time; the time runs to the server's `interrupted`, once from the first
    sound of speech and once from the moment speech had lasted long enough to
    count. Old sound behind `interrupted` is counted, and should be none.

    [bold]Examples[/bold]

      antiphon bench interruption --html interruption.html

      antiphon bench interruption --url ws://127.0.0.1:8765
    """
    require_extra()
    from antiphon.bench.interruption import ABOUT, measure  # noqa: PLC0415
    from antiphon.cli.benching.errand import Order, carry_out  # noqa: PLC0415

    order = Order(
        rounds=rounds, seed=seed, engines=engines, url=url, model=model, json=json, html=html, compare=compare
    )
    carry_out(order, ABOUT, {}, measure)


@app.command()
def endpointing(  # noqa: PLR0913, PLR0917 - the flags of the command
    drafts: Annotated[
        bool,
        typer.Option("--drafts/--no-drafts", help="Whether answers are drafted before it is sure, by either rule."),
    ] = True,
    rounds: Rounds = 1,
    seed: Seed = 1,
    engines: EnginesFlag = Engines.EMBEDDED,
    json: Json = None,
    html: Html = None,
    compare: Compare = None,
) -> None:
    """Measure how often a speaker is cut off, and how long he waits at the end.

    Recordings get pauses of known length between two words. The real ears
    listen to each once; then our rule, with one setting after the other
    varied, and the usual fixed rule decide in virtual time. Each round has
    its pauses in other places.

    [bold]Examples[/bold]

      antiphon bench endpointing --html endpointing.html

      antiphon bench endpointing --rounds 5 --json endpointing.json
    """
    require_extra()
    from antiphon.bench.endpointing import ABOUT, measure  # noqa: PLC0415
    from antiphon.cli.benching.errand import Order, carry_out  # noqa: PLC0415

    order = Order(rounds=rounds, seed=seed, engines=engines, json=json, html=html, compare=compare)
    carry_out(order, ABOUT, {"drafts": drafts}, lambda terms: measure(terms, drafts=drafts))


@app.command()
def capacity(  # noqa: PLR0913, PLR0917 - the flags of the command
    kind: Annotated[
        Sessions,
        typer.Argument(
            help="What the sessions do: listen, converse, stay idle (memory), or come and go (what is left behind)."
        ),
    ] = Sessions.LISTENING,
    sessions: Most = 512,
    seconds: Seconds = 20.0,
    rounds: Rounds = 1,
    seed: Seed = 1,
    url: Url = None,
    model: Model = None,
    engines: EnginesFlag = Engines.EMBEDDED,
    json: Json = None,
    html: Html = None,
    compare: Compare = None,
) -> None:
    """Measure how many sessions one server carries.

    Their number is doubled until the wait is no longer good: sessions that
    listen (on one core, where there are two) may be told 40 ms later that
    somebody speaks than one alone; those that converse may wait twice as long
    for an answer. Idle ones show what a session takes of memory, passing ones
    what is left behind when it is gone.

    [bold]Examples[/bold]

      antiphon bench capacity listening --html listening.html

      antiphon bench capacity conversing --sessions 8 --seconds 60

      antiphon bench capacity idle --sessions 200

      antiphon bench capacity passing --sessions 1000 --rounds 5
    """
    require_extra()
    from antiphon.bench.capacity import ABOUT, measure  # noqa: PLC0415
    from antiphon.cli.benching.errand import Order, carry_out  # noqa: PLC0415

    weightless = kind in {Sessions.IDLE, Sessions.PASSING}
    chosen = Engines.SCRIPTED if weightless and url is None else engines
    order = Order(rounds=rounds, seed=seed, engines=chosen, url=url, model=model, json=json, html=html, compare=compare)
    options = {"kind": kind, "sessions": sessions, "seconds": seconds}
    carry_out(order, ABOUT, options, lambda terms: measure(terms, kind, sessions, seconds))


@app.command()
def overhead(  # noqa: PLR0913, PLR0917 - the flags of the command
    sessions: Most = 20,
    seconds: Seconds = 10.0,
    rounds: Rounds = 5,
    seed: Seed = 1,
    json: Json = None,
    html: Html = None,
    compare: Compare = None,
) -> None:
    """Measure what the server itself costs, without its engines.

    CPU for 20 ms of audio in and 20 ms out, the socket included, with clients
    that stream both ways in real time; beside it the same for a server of the
    same library that only echoes, and the parts of ours call by call.

    [bold]Examples[/bold]

      antiphon bench overhead

      antiphon bench overhead --sessions 50 --html overhead.html
    """
    require_extra()
    from antiphon.bench.overhead import ABOUT, measure  # noqa: PLC0415
    from antiphon.cli.benching.errand import Order, carry_out  # noqa: PLC0415

    order = Order(rounds=rounds, seed=seed, engines=Engines.SCRIPTED, json=json, html=html, compare=compare)
    options = {"sessions": sessions, "seconds": seconds}
    carry_out(order, ABOUT, options, lambda terms: measure(terms, sessions, seconds))
