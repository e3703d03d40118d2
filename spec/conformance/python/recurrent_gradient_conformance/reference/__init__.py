"""The estimators in NumPy, by hand: nothing here differentiates by a framework."""

from .estimators import Reference
from .step import Group, Step

__all__ = ["Group", "Reference", "Step"]
