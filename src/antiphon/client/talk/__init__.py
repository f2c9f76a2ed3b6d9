"""A conversation at the microphone: sound devices, and how they meet with a session.

`talking` joins `microphone`, session and `speaker`; `stage` says where the conversation stands and `transcript` what
was said. `devices` chooses among what `sound_card` finds; `playout` is what waits to sound. None of it shows anything:
that is cli's.
"""
