"""How figures are written for people, the same on the terminal, on the page and in the document."""

from antiphon.bench.report import Figure, Finding, Report


def number(value: float, unit: str = "") -> str:
    """Three digits that count, and the unit."""
    size = abs(value)
    if value == int(value) and size < 1e6:
        text = f"{value:,.0f}"
    else:
        text = f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
    return f"{text} {unit}".strip()


def between(low: float | None, high: float | None) -> str:
    """An interval; nothing where there is none."""
    return "" if low is None or high is None else f"{number(low)} to {number(high)}"


def verdict(finding: Finding) -> str:
    """Whether it keeps to its bound."""
    return {None: "", True: "met", False: "missed"}[finding.met]


def place(figure: Figure) -> str:
    """What a distribution is of: side, group and step."""
    step = f"at {number(figure.step)}" if figure.step else ""
    return " · ".join(part for part in (figure.side, figure.group, step) if part)


def facts(report: Report) -> list[tuple[str, str]]:
    """Where, when and on what it was measured, in names and values."""
    machine, before, after = report.machine, report.load_before, report.load_after
    load = f"{before.average_1m:g} before, {after.average_1m:g} after; {before.busy_percent:.0f} % busy before"
    return [
        ("subject", report.subject),
        ("measured", f"{report.began:%Y-%m-%d %H:%M} UTC, {report.seconds:.0f} s"),
        ("rounds", f"{report.rounds}, seed {report.seed}"),
        ("machine", f"{machine.cpu}, {machine.cores} cores, {machine.memory_bytes / (1 << 30):.0f} GiB"),
        ("system", f"{machine.system}, {machine.python}"),
        ("load average", load),
        ("versions", ", ".join(f"{name} {version}" for name, version in machine.versions.items())),
        ("options", ", ".join(f"{name} {value}" for name, value in report.options.items()) or "none"),
    ]
