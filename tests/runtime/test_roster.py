from antiphon.runtime.channel import Channel
from antiphon.runtime.roster import Roster
from antiphon.session.events import Event, Superseded
from tests.runtime.stage import soon


async def test_the_newer_connection_wins():
    roster, older, newer = Roster(), Channel[Event](4), Channel[Event](4)
    await roster.enter("a", older)
    await roster.enter("a", older)
    await roster.enter("b", Channel[Event](4))
    await roster.enter("a", newer)
    assert await soon(older.get()) == Superseded()


async def test_who_has_left_is_not_told():
    roster, older, newer = Roster(), Channel[Event](4), Channel[Event](4)
    await roster.enter("a", older)
    older.close()
    await roster.enter("a", newer)
    roster.leave("a", older)
    await roster.enter("a", Channel[Event](4))
    assert await soon(newer.get()) == Superseded(), "the older one did not sign the newer one off"
