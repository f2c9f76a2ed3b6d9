"""PCM values and arithmetic. Pure: no I/O, no clock, no asyncio; imports only errors and config."""
