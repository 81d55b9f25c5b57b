"""Small files of each format, written here, and networks drawn at random."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "bench"
NAMESPACE = "http://sndlib.zib.de/network"


def network_xml(
    nodes: list[str], links: list[dict[str, Any]], demands: list[tuple[str, str, float]]
) -> str:
    """Return SNDlib XML; a link has ends, modules, and what else it costs."""
    text = [f'<network xmlns="{NAMESPACE}"><networkStructure><nodes>']
    text += [f'<node id="{n}"><coordinates><x>0</x><y>0</y></coordinates></node>' for n in nodes]
    text.append("</nodes><links>")
    for i, link in enumerate(links):
        text.append(f'<link id="L{i}"><source>{link["ends"][0]}</source>')
        text.append(f"<target>{link['ends'][1]}</target>")
        if "existing" in link:
            capacity, cost = link["existing"]
            text.append(f"<preInstalledModule><capacity>{capacity}</capacity>")
            text.append(f"<cost>{cost}</cost></preInstalledModule>")
        for tag in ("routingCost", "setupCost"):
            if tag in link:
                text.append(f"<{tag}>{link[tag]}</{tag}>")
        text.append("<additionalModules>")
        for capacity, cost in link["modules"]:
            text.append(
                f"<addModule><capacity>{capacity}</capacity><cost>{cost}</cost></addModule>"
            )
        text.append("</additionalModules></link>")
    text.append("</links></networkStructure><demands>")
    for i, (a, b, value) in enumerate(demands):
        text.append(f'<demand id="D{i}"><source>{a}</source><target>{b}</target>')
        text.append(f"<demandValue>{value}</demandValue></demand>")
    return "".join([*text, "</demands></network>"])


def random_network(seed: int) -> tuple[list[str], list[dict[str, Any]], list[Any]]:
    """Return four nodes in a ring with a chord, two modules a link, and four demands."""
    rng = random.Random(seed)
    nodes = ["a", "b", "c", "d"]
    ends = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("a", "c")]
    links = []
    for pair in ends:
        small, large = rng.randint(3, 6), rng.randint(8, 15)
        price = rng.randint(4, 9)
        links.append(
            {
                "ends": pair,
                "modules": [(small, price), (large, price + rng.randint(1, 8))],
                "routingCost": rng.choice([0, 0.25]),
                "setupCost": rng.randint(1, 5),
            }
        )
        if rng.random() < 0.3:
            links[-1]["existing"] = (rng.randint(1, 4), rng.randint(0, 3))
    pairs = [(x, y) for x in nodes for y in nodes if x != y]
    demands = [(*pair, rng.randint(1, 9)) for pair in rng.sample(pairs, 4)]
    return nodes, links, demands
