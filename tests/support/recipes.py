"""The README's recipes, applied to a copy of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
Edits = Mapping[str, Sequence[tuple[str, str]]]
"""For each file what stands there and what stands there afterwards; of a new file the one text, after an empty one."""


class Copy:
    """A copy of the library and the pages in a folder, in which a recipe was followed."""

    def __init__(self, folder: Path, edits: Edits) -> None:
        self.folder = folder / "copy"
        for name in ("nim_core", "pages", ".streamlit"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "app.py", self.folder)
        for name, changes in edits.items():
            for before, after in changes:
                self._edit(self.folder / name, before, after)

    def run(self, *arguments: str, **environment: str) -> str:
        """What a fresh Python prints in the copy."""
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    @staticmethod
    def _edit(path: Path, before: str, after: str) -> None:
        if not before:
            path.write_text(after, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{path.name} holds {text.count(before)} times: {before}"
        path.write_text(text.replace(before, after), encoding="utf-8")
