"""The client: connect to any Live API server, send, and read typed messages.

Knows wire, audio, errors and config only; asyncio is allowed, engines and the server are not.
"""
