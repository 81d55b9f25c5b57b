"""Public problems with known answers, solved by the engine's own means.

Readers of SNDlib networks, OR-Library facility locations and Steiner trees; a check of each
solution by arithmetic alone; and what the world knows of them.
"""
