"""What `antiphon replay` does with a recording: shows it in the terminal (`view`), or sends it again (`resend`)."""
