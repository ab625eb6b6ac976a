"""`make wheels`: everything that serving needs in one file, to be carried to a machine without a network and installed
there by `sh install.sh FOLDER`.

pip fetches the wheels from where it is told to look: those that fit this machine, or with --python-version and
--platform those of another.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
LOCK = "requirements.lock"
CARRIED = ("corpus", "deploy", "LICENSE", LOCK)
"""What goes along beside the wheels."""

_INSTALL = """\
#!/bin/sh
# Installs {name} {version} into FOLDER/.venv from what lies beside this file; asks nothing of any network.
set -e
here=$(cd "$(dirname "$0")" && pwd)
folder=${{1:?"usage: sh install.sh FOLDER"}}
python=${{PYTHON:-python3}}
if [ "$($python -c 'import sys; print("%d.%d" % sys.version_info[:2])')" != "{python}" ]; then
  echo "these wheels are for Python {python}; name one of that version by PYTHON=..." >&2
  exit 1
fi
mkdir -p "$folder"
[ -x "$folder/.venv/bin/pip" ] || "$python" -m venv "$folder/.venv"
pip="$folder/.venv/bin/pip --isolated --disable-pip-version-check --quiet install --no-index --find-links $here/wheels"
$pip -r "$here/{lock}"
$pip --no-deps --force-reinstall "{name}=={version}"
for carried in {carried}; do
  [ ! -e "$here/$carried" ] || cp -R "$here/$carried" "$folder/"
done
echo "installed; go on in $folder with .venv/bin/kb ingest corpus, then .venv/bin/kb serve"
"""


def main() -> None:
    """Pack, and say where the file is."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--python-version", help="of the other machine, such as 3.12; of this one if it is not given")
    parser.add_argument(
        "--platform", help="of the other machine, such as manylinux_2_28_aarch64; this one if it is not given"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "offline.tar")
    chosen = parser.parse_args()
    pack(ROOT, chosen.out, chosen.python_version, chosen.platform)
    print(
        f"{chosen.out} ({chosen.out.stat().st_size >> 20} MiB): carry it over, unpack it, `sh offline/install.sh FOLDER`"
    )


def pack(project: Path, out: Path, python_version: str | None = None, platform: str | None = None) -> None:
    """Write a project, the wheels that its lock file names and what installs them into one tar; raises
    CalledProcessError where pip finds no wheel for the other machine."""
    described = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    other = ["--python-version", python_version] if python_version else []
    other += ["--platform", platform] if platform else []
    # Only for this machine may pip build what its author publishes as source alone.
    kind = ["download", "--only-binary", ":all:", "--dest"] if other else ["wheel", "--wheel-dir"]
    with TemporaryDirectory() as folder:
        wheels = str(Path(folder) / "wheels")
        _pip(*kind, wheels, "--no-deps", *other, "--requirement", str(project / LOCK))
        _pip("wheel", "--wheel-dir", wheels, "--no-deps", str(project))
        python = python_version or ".".join(map(str, sys.version_info[:2]))
        carried = [name for name in CARRIED if (project / name).exists()]
        script = _INSTALL.format(
            name=described["name"], version=described["version"], python=python, lock=LOCK, carried=" ".join(carried)
        )
        (Path(folder) / "install.sh").write_text(script, "utf-8")
        out.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(out, "w") as tar:  # wheels are packed already
            tar.add(folder, "offline")
            for name in carried:
                tar.add(project / name, f"offline/{name}")


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"], check=True)


if __name__ == "__main__":
    main()
