"""The method for capacity design from a demand matrix."""
