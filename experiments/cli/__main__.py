"""`python -m experiments.cli` is the same as `afterdark`."""

from experiments.cli.main import main

if __name__ == "__main__":
    main()
