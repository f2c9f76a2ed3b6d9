"""The command line: one file per command. Wires the rooms together; decides nothing the rooms decide."""
