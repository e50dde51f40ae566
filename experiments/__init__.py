"""The way in: runs, comparisons, the store, robustness, and the command line. Composes everything else."""
