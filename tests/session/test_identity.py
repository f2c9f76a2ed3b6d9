import uuid

import pytest

from antiphon.session.identity import Identity
from antiphon.wire.dialect import Dialect


@pytest.mark.requirement("tools.ids")
def test_calls_are_named_as_the_product_names_them():
    developer, vertex = (Identity("an-id", dialect) for dialect in (Dialect.DEVELOPER, Dialect.VERTEX))
    prefix, _, number = developer.name_call(1).rpartition("-")
    assert prefix == "function-call"
    assert 0 <= int(number) < 2**64
    assert str(uuid.UUID(vertex.name_call(1))) == vertex.name_call(1)


@pytest.mark.requirement("tools.ids")
def test_no_two_calls_share_a_name():
    names = {Identity(id, Dialect.DEVELOPER).name_call(number) for id in ("a", "b") for number in range(100)}
    assert len(names) == 200
