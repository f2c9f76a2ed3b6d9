"""Makes tutorial.ipynb of tutorial.md: the same text and the same cells, without outputs.

python docs/tutorial.py                 write the notebook
python docs/tutorial.py --check         fail if it is not today's
python docs/tutorial.py --execute FILE  run it here and keep it with its outputs, up to the cell that fails
"""

import argparse
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

PAGE = Path(__file__).with_suffix(".md")
NOTEBOOK = PAGE.with_suffix(".ipynb")
CELL_S_MAX = 120
KERNEL = {"name": "python3", "language": "python", "display_name": "Python 3"}


def notebook() -> NotebookNode:
    """The page as a notebook; the cells' ids are their numbers, so that it is the same each time."""
    made = jupytext.read(PAGE, fmt="md")
    made.metadata = NotebookNode(kernelspec=NotebookNode(KERNEL), language_info=NotebookNode(name="python"))
    made.nbformat, made.nbformat_minor = 4, 5
    for number, cell in enumerate(made.cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = NotebookNode()
    nbformat.validate(made)
    return made


def executed(made: NotebookNode) -> str | None:
    """Run the cells in a kernel of their own; give the error of the one that failed."""
    try:
        NotebookClient(made, timeout=CELL_S_MAX, kernel_name=KERNEL["name"]).execute()
    except CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    return None


def main() -> None:
    """Write, check or execute."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--execute", type=Path, metavar="FILE")
    chosen = arguments.parse_args()
    made = notebook()
    if chosen.execute:
        fault = executed(made)
        nbformat.write(made, chosen.execute)
        if fault:
            raise SystemExit(f"docs/tutorial.md: {fault}")
        return
    today = nbformat.writes(made) + "\n"
    if not chosen.check:
        NOTEBOOK.write_text(today, encoding="utf-8")
    elif today != NOTEBOOK.read_text(encoding="utf-8"):
        raise SystemExit("docs/tutorial.ipynb is not today's: run python docs/tutorial.py")


if __name__ == "__main__":
    main()
