"""Versions, files and packages as they are installed."""

import base64
import hashlib
import importlib
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata

from experiments.doctor.finding import Finding
from experiments.installation import PACKAGES, foreign_packages, in_words
from simulator.foundation.short_lists import in_short

NAME = "afterdark"
OLDEST_PYTHON = (3, 11)
_AGAIN = "install again: pip install --force-reinstall afterdark"
_APART = "install afterdark in an environment of its own: pipx install afterdark"


def check_versions() -> Finding:
    """The program, Python and the machine."""
    told = f"afterdark {version_of_program()}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    if sys.version_info < OLDEST_PYTHON:
        return Finding("versions", "fails", told, "install Python 3.11 or newer, and afterdark in it")
    return Finding("versions", "ok", told)


def version_of_program() -> str:
    """The version that was installed, or that none was."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return "(not installed, run from its sources)"


def check_libraries(needed: Sequence[str] | None = None, load: Callable[[str], object] | None = None) -> Finding:
    """Whether all libraries that the program needs are there, as new as needed, and can be loaded.

    Parameters
    ----------
    needed
        Requirements as packages write them; by default those of the installed program.
    load
        What loads a module by its name.
    """
    from packaging.requirements import Requirement

    if needed is None:
        try:
            needed = metadata.requires(NAME) or ()
        except metadata.PackageNotFoundError:
            return Finding("libraries", "note", "which are needed cannot be told: afterdark is not installed")
    faults, told, modules = [], [], _modules()
    for requirement in map(Requirement, needed):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        name = requirement.name
        try:
            version = metadata.version(name)
            (load or importlib.import_module)(_module_of(name, modules))
        except metadata.PackageNotFoundError:
            faults.append(f"{name} is missing")
            continue
        except Exception as error:  # noqa: BLE001  # a library may break in any way: the doctor goes on and tells
            faults.append(f"{name} cannot be loaded ({error})")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            faults.append(f"{name} is {version}, expected {requirement.specifier}")
        told.append(f"{name} {version}")
    if faults:
        return Finding("libraries", "fails", "; ".join(faults), _AGAIN)
    main = [one for one in told if one.split()[0] in ("numpy", "numba", "scipy", "pandas", "mesa", "pyarrow")]
    return Finding("libraries", "ok", f"{len(told)} are there; {', '.join(main)}")


def check_packages(claims: Mapping[str, Sequence[str]] | None = None) -> Finding:
    """Whether the five packages come from one installation, and no other distribution has one of their names.

    Parameters
    ----------
    claims
        Distributions by the packages that they install; by default those of this environment.
    """
    if told := in_words(foreign_packages()):
        return Finding("packages", "fails", told, _APART)
    claims = metadata.packages_distributions() if claims is None else claims
    others = {name: sorted(set(claims.get(name, ())) - {NAME}) for name in PACKAGES}
    clashes = [f"{name} is also installed by {' and '.join(found)}" for name, found in others.items() if found]
    if clashes:
        return Finding(
            "packages",
            "fails",
            "; ".join(clashes) + ". One has overwritten files of the other",
            _APART,
        )
    return Finding("packages", "ok", f"{', '.join(PACKAGES)} come from one installation")


def check_files() -> Finding:
    """Whether the installed files are those that were installed, by the hashes that the installer kept."""
    try:
        changed = list(_changed())
        count = sum(1 for _ in _recorded())
    except metadata.PackageNotFoundError:
        return Finding("files", "note", "not installed, so that there is no list of files to hold against")
    if not count:
        return Finding("files", "note", "installed from a checkout: files may change, and results with them")
    if changed:
        found = f"{len(changed)} of {count} are not as they were installed: {in_short(changed)}"
        return Finding("files", "fails", found, "install again: pip install --force-reinstall --no-deps afterdark")
    return Finding("files", "ok", f"{count} are as they were installed")


def check_extras() -> Finding:
    """Which extras can be used; none is needed."""
    from packaging.requirements import Requirement

    try:
        about, needed = metadata.metadata(NAME), metadata.requires(NAME) or ()
    except metadata.PackageNotFoundError:
        return Finding("extras", "note", "cannot be told: afterdark is not installed")
    there: list[str] = []
    missing: list[str] = []
    for extra in about.get_all("Provides-Extra") or ():
        if extra in ("dev", "recipe"):
            continue
        ours = [one for one in map(Requirement, needed) if one.marker and one.marker.evaluate({"extra": extra})]
        (there if all(_is_there(one.name) for one in ours) else missing).append(extra)
    found = f"can be used: {', '.join(there) or 'none'}; not installed: {', '.join(missing) or 'none'}"
    how = f"only if you want one: pip install 'afterdark[{missing[0]}]'" if missing else ""
    return Finding("extras", "ok", found, how)


def _modules() -> dict[str, list[str]]:
    """What each distribution gives to import, by its name in small letters."""
    found: dict[str, list[str]] = {}
    for module, names in metadata.packages_distributions().items():
        for name in names:
            found.setdefault(_plain(name), []).append(module)
    return found


def _module_of(name: str, modules: Mapping[str, Sequence[str]]) -> str:
    """The module that a distribution is imported by: the one most like its own name."""
    plain = _plain(name)
    given = [one for one in modules.get(plain, ()) if one.isidentifier() and not one.startswith("_")]
    return min(given, key=lambda one: (one.lower() != plain, not plain.startswith(one.lower()), one), default=plain)


def _plain(name: str) -> str:
    """A name as it is compared: distributions are written with either sign."""
    return name.lower().replace("-", "_")


def _is_there(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _recorded() -> Iterator[metadata.PackagePath]:
    """Files of the five packages in the installer's list; none of an editable installation."""
    for file in metadata.distribution(NAME).files or ():
        if file.parts and file.parts[0] in PACKAGES and file.hash is not None:
            yield file


def _changed() -> Iterator[str]:
    for file in _recorded():
        assert file.hash is not None
        path = metadata.distribution(NAME).locate_file(file)
        try:
            with open(str(path), "rb") as opened:
                digest = hashlib.new(file.hash.mode, opened.read()).digest()
        except OSError:
            yield f"{file} (missing)"
            continue
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
            yield str(file)
