"""A report as one HTML page that needs nothing else: no script, no font, no request."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from antiphon import __version__
from antiphon.bench import writing
from antiphon.bench.compare import compared, together, worth_showing
from antiphon.bench.drawing import WIDTH, Drawn, drawn
from antiphon.bench.report import Report
from antiphon.errors import SettingsError

_TEMPLATES = Environment(
    loader=PackageLoader("antiphon.bench", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(report: Report, before: Report | None = None) -> str:
    """Draw a report, beside one of before if there is one; raises SettingsError when that is of another command."""
    style = _source("picture.css") + _source("report.css")
    pictured = together(before, report) if before else report
    return _TEMPLATES.get_template("report.html.j2").render(
        report=report,
        version=__version__,
        facts=writing.facts(report),
        pictures=[shown for picture in report.pictures if (shown := drawn(pictured, picture)) is not None],
        pairs=worth_showing(compared(before, report)) if before else [],
        width=WIDTH,
        writing=writing,
        style=style,
        style_sum="sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def picture_file(picture: Drawn) -> str:
    """Write one picture as an SVG file of its own, for a document."""
    template = _TEMPLATES.get_template("picture.svg.j2")
    return template.render(picture=picture, width=WIDTH, style=_source("picture.css"))


def write_page(report: Report, path: Path, before: Report | None = None) -> None:
    """Write the page to a file; raises SettingsError when that cannot be done."""
    try:
        path.write_text(page(report, before), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"--html {path} cannot be written ({error.strerror}): name another file") from None


def _source(name: str) -> str:
    loader = _TEMPLATES.loader
    assert loader is not None
    return loader.get_source(_TEMPLATES, name)[0]
