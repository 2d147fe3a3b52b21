"""Run the command ``agendagraph`` as ``python -m agendagraph``."""

from agendagraph.cli import main

if __name__ == "__main__":
    main()
