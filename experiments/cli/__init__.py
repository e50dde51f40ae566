"""The command line. It does not start with packages of somebody else's that have the names of ours."""

from experiments.installation import foreign_packages, in_words

if told := in_words(foreign_packages()):
    raise SystemExit(f"afterdark: {told}")
