"""Start the command line, for ``python -m mailer`` and the console script."""

from __future__ import annotations


def main() -> None:
    """Run the command line and end the process with its exit status."""
    from mailer.cli.main import run

    run()


if __name__ == "__main__":
    main()
