"""Capacity and siting design of multi-campus AI training."""

__version__ = "0.1.0"
