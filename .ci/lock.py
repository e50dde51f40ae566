"""Renew the lock files: every requirement with hashes, without a word on where this machine gets packages from."""

import subprocess
import sys

QUIET = ("--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--no-emit-options", "--no-header")
LOCKS = {
    "requirements.lock": ("--build-deps-for", "editable", "pyproject.toml"),
    "requirements-dev.lock": (
        *("--build-deps-for", "editable", "--extra", "dev", "--constraint", "requirements.lock"),
        "pyproject.toml",
    ),
    "requirements-workshop.lock": (
        *("--build-deps-for", "editable", "--extra", "workshop", "--constraint", "requirements-dev.lock"),
        "pyproject.toml",
    ),
    "requirements-bench.lock": ("tests/benchmarks/peers.in",),  # the tools that `make bench` compares with, apart
}

for name, options in LOCKS.items():
    subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "piptools", "compile", "--quiet", "--upgrade", "--generate-hashes"),
            *("--allow-unsafe", "--strip-extras", *QUIET, *options),
            *("--output-file", name),
        ],
        check=True,
    )
