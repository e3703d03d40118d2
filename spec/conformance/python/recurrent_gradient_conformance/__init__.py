"""Vectors for gradients of recurrent networks, and what runs an implementation against them."""

from .case import BadVectors, Case, NotOffered, load, read
from .check import Result, check
from .reference import Group, Reference, Step

__all__ = [
    "BadVectors",
    "Case",
    "Group",
    "NotOffered",
    "Reference",
    "Result",
    "Step",
    "check",
    "load",
    "read",
]
__version__ = "1.0.0"
