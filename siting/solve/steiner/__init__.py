"""The method for Steiner trees."""
