"""Renew the lock files: every requirement with hashes, without a word on where this machine gets packages from."""

import subprocess
import sys

QUIET = ("--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--no-emit-options", "--no-header")
LOCKS = {"requirements.lock": (), "requirements-dev.lock": ("--extra", "dev")}

for name, extras in LOCKS.items():
    subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "piptools", "compile", "--quiet", "--upgrade", "--generate-hashes"),
            *("--allow-unsafe", "--strip-extras", "--build-deps-for", "wheel", *QUIET, *extras),
            *("--output-file", name, "pyproject.toml"),
        ],
        check=True,
    )
