"""asyncio: performs the effects of one session.

One conductor per session awaits only its inbox; everything else reports to that inbox. May import
session, engines, wire (not its codec), audio, config, errors. Decides nothing: what should happen
is the session's business, what bytes look like the server's.
"""
