"""The checkout keeps its promises: a test file for each module, and documents that name what is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "antiphon"
TESTS = ROOT / "tests"

VALUES_ONLY = {
    "session/events.py", "session/effects.py", "engines/contracts.py", "wire/speech.py", "wire/tools.py",
    "store/contracts.py", "client/events.py", "engine_settings.py", "bench/choices.py", "bench/limits.py",
}  # fmt: skip
"""Modules that only declare values or protocols: there is nothing in them to test."""

TESTED_ELSEWHERE = {
    "__main__.py": "tests/clients/test_foreign.py",
    "cli/serve.py": "tests/clients/test_foreign.py",
    "cli/flags.py": "tests/cli/test_ask.py",
}
"""Modules whose test is another program."""

MODULES = sorted(
    str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if path.name != "__init__.py"
)  # fmt: skip


@pytest.mark.parametrize("module", [module for module in MODULES if module not in VALUES_ONLY])
def test_each_module_has_its_test_file(module):
    elsewhere = TESTED_ELSEWHERE.get(module)
    path = ROOT / elsewhere if elsewhere else TESTS / Path(module).parent / f"test_{Path(module).name}"
    assert path.exists()


def test_the_exceptions_are_still_there():
    assert VALUES_ONLY | TESTED_ELSEWHERE.keys() <= set(MODULES)


@pytest.mark.parametrize("package", [path.parent.name for path in SOURCE.glob("*/__init__.py")])
def test_each_room_says_what_lives_there(package):
    assert (SOURCE / package / "__init__.py").read_text().startswith('"""')


def test_the_map_leads_to_files_that_exist():
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)*/[a-z_]+\.py)`", (ROOT / "docs" / "map.md").read_text())
    assert len(named) > 20
    missing = [name for name in named if not any((base / name).exists() for base in (SOURCE, ROOT))]
    assert missing == []


def test_no_file_is_too_long():
    lengths = {module: len((SOURCE / module).read_text().splitlines()) for module in MODULES}
    assert {module: length for module, length in lengths.items() if length > 400} == {}


def test_the_picture_in_the_readme_is_todays():
    done = subprocess.run(
        [sys.executable, "docs/path.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_readme_names_commands_that_exist():
    commands = re.findall(r"^make (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    targets = re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(commands) == {"ask", "test"}
    assert set(commands) <= set(targets)
