"""antiphon: the Gemini Live API on your own machine. `docs/map.md` leads to the right room."""

__version__ = "0.1.0"
