"""What `antiphon doctor` looks at: a module for each thing, which gives its findings.

Nothing is made or fetched here. A server is asked for a session, which is closed again before anything is said.
"""
