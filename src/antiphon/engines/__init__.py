"""What an engine must be, how it is found, and the ones antiphon ships.

May import wire.content, audio, errors, config. Never the session, the runtime or the server:
an engine knows nothing of turns, sockets or clients.
"""
