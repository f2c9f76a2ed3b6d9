"""What the bench waits for and how much it takes, beside the settings of the servers it measures."""

START_WAIT_S = 300.0
"""For a server of our own to load its engines, seconds."""

STATE_WAIT_S = 30.0
"""For it to say how it is."""

STOP_WAIT_S = 15.0
"""For it to stop; then it is killed."""

LINE_BYTES_MAX = 16 << 20
"""One line of another process of the bench."""

QUESTION_S_MAX = 60.0
"""A recording of the set."""

SESSIONS_MAX = 4_096
"""Sessions a server of our own lets in."""

OPENING_AT_ONCE = 16
"""Sessions that are opened at the same time, below the backlog of the socket."""

OPEN_WAIT_S = 60.0
"""For one session of a crowd to be set up, while the server is busy with others."""

SETTLE_WAIT_S = 30.0
"""For what sessions held to be given back after them."""

CROWD_WAIT_S = 240.0
"""For a crowd to be ready, and to end when its time is over."""

TURN_WAIT_S = 90.0
"""For an interruption and the answer after it."""
