"""Which tests there are, and which requirements they claim to prove, read from their source without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
MARKER = "pytest.mark.requirement"

Test = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Claim:
    """One test's word that it proves a requirement."""

    requirement: str
    test: str
    """Its node id, or the file's where `pytestmark` speaks for all of it."""


@cache
def claims() -> tuple[Claim, ...]:
    """All that is claimed by markers."""
    return tuple(claim for path in _files() for claim in _claims(path))


@cache
def suite() -> frozenset[str]:
    """The node id of every test there is, without its parameters."""
    return frozenset(node for path in _files() for node, _ in _tests(path))


def _files() -> Iterator[Path]:
    """Two folders deep: below that are packages of Node, with files of their own."""
    return (path for depth in ("", "*/", "*/*/") for path in ROOT.glob(f"tests/{depth}test_*.py"))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tests(path: Path) -> Iterator[tuple[str, Test]]:
    for node in _tree(path).body:
        if isinstance(node, Test) and node.name.startswith("test_"):
            yield f"{_name(path)}::{node.name}", node
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            methods = (each for each in node.body if isinstance(each, Test) and each.name.startswith("test_"))
            yield from ((f"{_name(path)}::{node.name}::{method.name}", method) for method in methods)


def _claims(path: Path) -> Iterator[Claim]:
    """Markers on tests and in `pytestmark`; one that stands anywhere else proves nothing, and is a mistake."""
    found = 0
    for node, test in _tests(path):
        for requirement in _marked(test.decorator_list):
            found += 1
            yield Claim(requirement, node)
    for statement in _tree(path).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            for requirement in _marked([statement.value]):
                found += 1
                yield Claim(requirement, _name(path))
    if found != len(_marked(_tree(path).body)):
        raise ValueError(f"{_name(path)}: a requirement is marked where no test is")


def _marked(nodes: list[ast.expr] | list[ast.stmt]) -> list[str]:
    calls = [each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Call)]
    return [ast.literal_eval(id) for call in calls if ast.unparse(call.func) == MARKER for id in call.args]
