"""What `antiphon bench` does with a report: kept, drawn, compared and shown."""
