"""The heart: what may happen when. Events come in, effects go out; nothing here waits.

May import wire (not its codec), audio, config, errors. Never asyncio, a clock, chance, sockets,
logging or an engine: time enters as `now`, identifiers from outside. So a recorded list of events
replays exactly, and every rule is tested without a loop.

Read `events.py`, `effects.py`, then `session.py`.
"""
