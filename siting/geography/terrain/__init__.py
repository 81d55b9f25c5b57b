"""What building costs by the land: where towns are, what is crossed, where nothing may be built.

::

    land       towns as discs around places, and the share of a line inside them
    crossings  where corridors cross rivers, railways and roads
    pricing    build cost of corridors from both
    zones      exclusion zones of a study
"""
