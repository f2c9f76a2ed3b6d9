"""What `antiphon talk` shows: the screen (`view`, with its `panel`, `scroll` and `meter`), or plain `lines`."""
