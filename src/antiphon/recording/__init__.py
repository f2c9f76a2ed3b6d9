"""Sessions kept on disk, and how they are looked at afterwards.

`recorder` writes one as it happens: JSON lines (`lines`, `plain`), audio beside them (`tracks`), secrets replaced
(`secrets`). `reader` reads it back; `capture` keeps one in memory instead. `telling` makes a `timeline` of it: where
sound lies in time (`placing`, `media`), when the user spoke (`loud`), what was understood and said (`conversation`),
and how much of that was heard (`replies`). `listing` writes it as people read it; `picture` gives what the console
draws of it, and its HTML page (`mixdown`, `templates/`), also of a ZIP file (`archive`).
`inputs` is what of it can be sent again, `compare` what came out differently.

May import wire, audio, config and errors; client and server record through it. No asyncio, no network.
"""
