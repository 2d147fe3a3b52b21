"""Run the command: ``python -m agendagraph`` is ``agendagraph``."""

from agendagraph.cli import main

if __name__ == "__main__":
    main()
