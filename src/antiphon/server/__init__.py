"""An ASGI application on one port: HTTP and the upgrade.

May import the runtime and everything below it. The only room that turns bytes into messages for a
session, and the only one that knows paths, sockets and certificates.
"""
