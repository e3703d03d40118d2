"""Puts the vectors, which lie beside this folder, into the package."""

import os
import shutil

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = "v1"
# In a source archive they lie within it.
SOURCE = next(
    path for path in (os.path.join(HERE, "..", VECTORS), os.path.join(HERE, VECTORS)) if os.path.isdir(path)
)


class WithVectors(build_py):
    def run(self):
        super().run()
        if not getattr(self, "editable_mode", False):
            target = os.path.join(self.build_lib, "recurrent_gradient_conformance", VECTORS)
            shutil.copytree(SOURCE, target, dirs_exist_ok=True)


class ArchiveWithVectors(sdist):
    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        shutil.copytree(SOURCE, os.path.join(base_dir, VECTORS), dirs_exist_ok=True)


setup(cmdclass={"build_py": WithVectors, "sdist": ArchiveWithVectors})
