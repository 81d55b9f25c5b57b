def solve_decomposition(*a, **k): raise NotImplementedError
