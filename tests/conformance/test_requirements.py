"""The manifest and the suite agree: nothing is claimed that is not tested, and nothing tested that is not claimed."""

import re
import subprocess
import sys
from collections import Counter

import pytest

from tests.conformance.claims import ROOT, claims, suite
from tests.conformance.requirement import Gap
from tests.conformance.requirements import AREAS, REQUIREMENTS

PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
SOURCE = re.compile(r"(?P<clause>\d(?:\.\d)?)(?: (?:\[[SRPDIMG]\])+)?|B\.(?P<item>\d+)|clients \d(?:\.\d+)?|antiphon")
CLAUSES = set(re.findall(r"^#{2,3} (\d(?:\.\d)?)\.? ", PROTOCOL, re.MULTILINE))
ITEMS = set(re.findall(r"(\d+)\. ", PROTOCOL[PROTOCOL.index("## Appendix B.") + len("## Appendix B.") :]))


def cited(group: str) -> set[str]:
    """The clauses, or the items of appendix B, that any requirement comes from."""
    sources = (source for each in REQUIREMENTS.values() for source in each.source.split(", "))
    return {found[group] for source in sources if (found := SOURCE.fullmatch(source)) and found[group]}


def proofs() -> dict[str, list[str]]:
    """The tests of each requirement, by marker or by name."""
    found: dict[str, list[str]] = {id: list(getattr(each, "tests", ())) for id, each in REQUIREMENTS.items()}
    for claim in claims():
        found.setdefault(claim.requirement, []).append(claim.test)
    return found


def test_ids_are_unique_and_name_their_area():
    assert len(REQUIREMENTS) == sum(map(len, AREAS.values()))
    for name, area in AREAS.items():
        assert [id for id in area if not re.fullmatch(rf"{name}\.[a-z0-9_]+", id)] == []


@pytest.mark.parametrize("name", AREAS)
def test_each_is_one_sentence_with_a_source(name):
    for id, each in AREAS[name].items():
        assert all(SOURCE.fullmatch(source) for source in each.source.split(", ")), (id, each.source)
        assert re.search(r"(\.|\.`|…`)$", each.sentence), (id, each.sentence)
        assert ". " not in re.sub(r"`[^`]*`", "", each.sentence), (id, each.sentence)
        for aside in (getattr(each, field, "so") for field in ("instead", "why", "client")):
            assert aside, id
            assert not aside.endswith("."), (id, aside)


def test_no_sentence_is_said_twice():
    said = Counter(each.sentence for each in REQUIREMENTS.values())
    assert [sentence for sentence, times in said.items() if times > 1] == []


def test_each_that_holds_is_proved():
    assert [id for id, found in proofs().items() if not found and not isinstance(REQUIREMENTS[id], Gap)] == []


def test_no_gap_is_claimed_to_be_closed():
    assert {id: found for id, found in proofs().items() if found and isinstance(REQUIREMENTS[id], Gap)} == {}


def test_each_marker_names_a_requirement():
    assert [claim for claim in claims() if claim.requirement not in REQUIREMENTS] == []


def test_each_test_that_is_named_exists():
    named = {test for each in REQUIREMENTS.values() for test in getattr(each, "tests", ())}
    assert named - suite() == set()


def test_no_test_is_both_marked_and_named():
    marked = {(claim.requirement, claim.test) for claim in claims()}
    named = {(id, test) for id, each in REQUIREMENTS.items() for test in getattr(each, "tests", ())}
    assert marked & named == set()


def test_sources_lead_somewhere():
    assert cited("clause") - CLAUSES == set()
    assert cited("item") - ITEMS == set()


def test_every_clause_of_the_protocol_and_every_item_of_its_list_has_its_requirement():
    headings = {clause for clause in CLAUSES if clause[0] in "123456"}
    covered = cited("clause")
    assert {"1.3", "2.8", "3.2", "4.7", "5", "6"} <= headings
    assert {heading for heading in headings if not any(clause.startswith(heading) for clause in covered)} == set()
    assert ITEMS - cited("item") == set()
    assert len(ITEMS) == 17


def test_the_compatibility_page_is_todays():
    done = subprocess.run(
        [sys.executable, "docs/compatibility.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
