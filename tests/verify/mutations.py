"""Plans that break a rule, at least two for each, and what the verifier must say of each."""

from __future__ import annotations

from tests.verify.edits import Mutation, add, sets
from tests.verify.mutations_huts import HUT_MUTATIONS
from tests.verify.mutations_network import NETWORK_MUTATIONS
from tests.verify.mutations_sites import SITE_MUTATIONS
from tests.verify.mutations_training import TRAINING_MUTATIONS

FILE_MUTATIONS = [
    Mutation(
        rule="cost_lines",
        edit=add("costs_usd.energy", 5.0), reprice=False,
        where="costs_usd.energy",
    ),
    Mutation(
        world="brownfield", rule="cost_lines",
        edit=sets(("upfront_cash_usd.bridging.0", 20e6 + 5)), reprice=False,
        where="upfront_cash_usd.bridging, period 2029", value=20e6 + 5, limit=20e6,
    ),
    Mutation(
        rule="bounds_consistent",
        edit=sets(("bounds.relative_gap", 0.5)), reprice=False,
        where="bounds.relative_gap", value=0.5,
    ),
    Mutation(
        rule="bounds_consistent",
        edit=add("bounds.network_gap_usd", 7.0), reprice=False,
        where="bounds.network_gap_usd", value=7,
    ),
    Mutation(
        rule="plan_shape",
        edit=sets(("huts.0.racks.conventional", [1, 1])),
        where="hut h1", value=2, limit=3,
    ),
    Mutation(
        world="brownfield", rule="plan_shape",
        edit=sets(("bridging.0.output_mw", [10, 10, 0, 0])),
        where="bridging gA", value=4, limit=3,
    ),
]  # fmt: skip
MUTATIONS = [
    *SITE_MUTATIONS,
    *TRAINING_MUTATIONS,
    *NETWORK_MUTATIONS,
    *HUT_MUTATIONS,
    *FILE_MUTATIONS,
]
