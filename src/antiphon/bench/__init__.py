"""The bench: how long a person waits, how well the end of speech is found, what the machine carries, as one ruler.

Each command asks one question and gives one Report; the table, the page and `docs/performance.md` are drawn from it.
Our own server runs in a process of its own (`host.py`), so that its CPU and memory are its alone; any other Live API
server is measured through its socket, as a client sees it. This room may see every other but the command line, and
only the command line sees it.
"""
