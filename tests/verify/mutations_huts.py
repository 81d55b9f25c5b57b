"""Plans that break a rule on huts, spans or optics, and what is to be said."""

from __future__ import annotations

from tests.verify.edits import ZR, ZRP, Mutation, amplified_at, sets, with_hut

WEST = "link A-B, route west"
FIXED = "zrp800_131e with terminal fixed_c and multi_rail amplifiers"

HUT_MUTATIONS = [
    Mutation(
        rule="hut_class",
        world="racks",
        study={"transport.hut_classes": ["small"]},
        where="hut h1",
    ),
    Mutation(
        rule="hut_class",
        world="standing",
        cells={"huts": {"h2": {"leasable": False}}},
        where="hut h2",
    ),
    Mutation(
        rule="hut_service",
        network=with_hut("h1", operator="longline"),
        edit=sets(("huts.0.hut_class", "provider")),
        where=f"{WEST}, hut h1",
    ),
    Mutation(
        rule="hut_service",
        edit=sets(("huts.0.in_service_from", 1), ("huts.0.racks.conventional", [0, 1, 1])),
        where=f"{WEST}, hut h1", value=1, limit=0,
        others=frozenset({"hut_racks"}),
    ),
    Mutation(
        rule="hut_service",
        world="standing",
        cells={"huts": {"h1": {"existing_until": "2030-01-01"}}},
        edit=sets(("huts.0.racks.conventional", [0, 0, 2])),
        where=f"{WEST}, hut h1", value=2, limit=0,
        others=frozenset({"hut_racks", "retirement"}),
    ),
    Mutation(
        rule="regenerator_site",
        world="regenerated",
        cells={"huts": {"j1": {"can_regenerate": False}}},
        where=f"{WEST}, hut j1",
    ),
    Mutation(
        rule="regenerator_site",
        world="regenerated",
        study={"transport.max_regenerators": 0},
        where=WEST, value=1, limit=0,
    ),
    Mutation(
        rule="regenerator_site",
        world="regenerated",
        study={"transport.max_regenerators": 2},
        edit=sets(("links.0.routes.1.regenerators", ["j1", "h1"])),
        where=WEST,
    ),
    Mutation(
        rule="spans_add_up",
        edit=sets(("links.0.routes.1.spans_km", [60, 50, 70])),
        where=f"{WEST}, span 2", value=50, limit=60,
    ),
    Mutation(
        rule="spans_add_up",
        world="regenerated",
        edit=sets(("links.0.routes.1.spans_km", [120, 60])),
        where=WEST, value=2, limit=3,
    ),
    Mutation(
        rule="terminal_span",
        edit=amplified_at("h_node", spans=[90, 90]),
        where=WEST, value=90, limit=80,
    ),
    Mutation(
        rule="terminal_span",
        world="regenerated",
        study={"transport.amplifiers.single_span_max_km": 85},
        where=f"{WEST}, section 1", value=90, limit=85,
    ),
    Mutation(
        rule="amplifier_spacing",
        edit=amplified_at("h1", "h_far", spans=[60, 90, 30]),
        where=f"{WEST}, h1 to h_far", value=90, limit=80,
    ),
    Mutation(
        rule="amplifier_spacing",
        edit=amplified_at("h_early", "h2", spans=[20, 100, 60]),
        where=f"{WEST}, h_early to h2", value=100, limit=80,
    ),
    Mutation(
        rule="amplifier_minimum_spacing",
        edit=amplified_at("h1", "h_near", "h2", spans=[60, 35, 25, 60]),
        where=f"{WEST}, h1 to h_near", value=35, limit=40,
    ),
    Mutation(
        rule="amplifier_minimum_spacing",
        study={"transport.amplifiers.min_spacing_km": 60.1},
        where=f"{WEST}, h1 to h2", value=60, limit=60.1,
    ),
    Mutation(
        rule="span_noise",
        study={"transport.margin_db": 5.0},
        where=f"{WEST}, {ZRP}", value=29.960164, limit=30.8,
    ),
    Mutation(
        rule="span_noise",
        world="regenerated",
        study={"transport.margin_db": 6.0},
        where=f"{WEST}, section 2, {ZRP}", limit=31.8,
    ),
    Mutation(
        rule="span_noise",
        world="racks",
        edit=sets(("links.0.routes.1.modes.0.terminal", "fixed_c")),
        where=f"{WEST}, {FIXED}",
    ),
    Mutation(
        rule="span_noise",
        edit=sets(("links.0.routes.0.modes.0.amplifier", "conventional")),
        where=f"link A-B, route direct, {ZR} and conventional amplifiers",
    ),
    Mutation(
        rule="hut_racks",
        edit=sets(("huts.1.racks.conventional", [0, 1, 1])),
        where="hut h2, period 2029", value=1, limit=0,
    ),
    Mutation(
        rule="hut_racks",
        edit=sets(("huts.1.racks.conventional", [1, 9, 9])),
        where="hut h2, period 2030", value=9, limit=8,
    ),
    Mutation(
        rule="hut_racks",
        world="racks",
        edit=sets(("huts.0.racks.legacy", [0, 0, 0])),
        where="hut h1, period 2030", value=1, limit=0,
    ),
    Mutation(
        rule="hut_racks",
        world="standing",
        edit=sets(("huts.0.racks.conventional", [0, 2, 2])),
        where="hut h1, period 2030", value=3, limit=2,
    ),
    Mutation(
        rule="hut_power",
        world="standing",
        cells={"huts": {"h1": {"power_kw": 0.25}}},
        where="hut h1, period 2029", value=0.28, limit=0.25,
    ),
    Mutation(
        rule="hut_power",
        world="regenerated",
        study={"catalog.overrides": {"hut.power.legacy": 1.0}},
        where="hut j1, period 2030", value=(2 * 400 + 2 * 15 * 30) / 1000, limit=1.0,
    ),
    Mutation(
        rule="persistence",
        world="racks",
        edit=sets(("huts.0.racks.multi_rail", [2, 1, 1])),
        where="hut h1, multi_rail racks, period 2030", value=1, limit=2,
    ),
]  # fmt: skip
