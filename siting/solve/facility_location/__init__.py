"""The method for capacitated facility location."""
