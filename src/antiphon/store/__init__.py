"""What survives the process: an embedded SQLite database behind small protocols.

May import config and errors. Knows keys, tokens and sessions by what they are worth and for how long,
never what is in them: a session's record and a token's setup are bytes here. Secrets are kept as
SHA-256 only; they are random and 256 bits long, so nobody finds one by trying, and a slow hash would
only slow each connection down.
"""
