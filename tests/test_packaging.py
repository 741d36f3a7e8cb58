"""`pip install .`: the library without the dashboard, and its command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_installed_command_does_what_the_module_does(tmp_path):
    source, installed = tmp_path / "source", tmp_path / "installed"
    # Building writes into the folder that it builds from.
    shutil.copytree(ROOT / "nim_core", source / "nim_core", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "dependencies.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    install = [sys.executable, "-m", "pip", "install", "-q", *offline, "--target", str(installed), str(source)]
    subprocess.run(install, check=True)
    said = [
        subprocess.run(
            command, env=os.environ | {"PYTHONPATH": str(installed)}, cwd=tmp_path, capture_output=True, check=True
        ).stdout.partition(b"\n")[2]
        for command in (
            [sys.executable, installed / "bin" / "nim-lab", "compare", "--help"],
            [sys.executable, "-m", "nim_core", "compare", "--help"],
        )
    ]
    assert b"--grid" in said[0]
    assert said[0].split(b"\n")[2:] == said[1].split(b"\n")[2:]
    assert (installed / "nim_core" / "data" / "models.csv").exists()
    assert (installed / "nim_core" / "data" / "report.html.jinja").exists()
    assert list((installed / "nim_core" / "history" / "migrations").glob("*.mako"))
