"""A fake Google on loopback, independent of antiphon: it shares nothing with it but docs/protocol.md."""
