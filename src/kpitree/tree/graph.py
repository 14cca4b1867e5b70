"""The tree as a networkx DAG: the only room that knows networkx.

Edges run from operand to formula, so that a topological order computes operands first.
"""

import networkx as nx

from kpitree.tree.model import Tree


def graph_of(tree: Tree) -> "nx.DiGraph[str]":
    """KPIs as nodes in file order; an edge operand -> formula for every name in a formula."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(tree.kpis)
    for kpi in tree.kpis:
        graph.add_edges_from((operand, kpi) for operand in tree.operands(kpi))
    return graph


def operands_first(tree: Tree) -> list[list[str]]:
    """KPIs in generations: each depends only on earlier generations; file order within one."""
    position = {kpi: at for at, kpi in enumerate(tree.kpis)}
    generations = nx.topological_generations(graph_of(tree))
    return [sorted(generation, key=position.__getitem__) for generation in generations]


def under(tree: Tree, kpi: str) -> list[str]:
    """The KPI and everything it is computed from, operands first, then file order."""
    wanted = nx.ancestors(graph_of(tree), kpi) | {kpi}
    return [node for generation in operands_first(tree) for node in generation if node in wanted]


def depths(tree: Tree) -> dict[str, int | None]:
    """Distance from the root: 0 for the root, None for what it does not depend on."""
    graph = graph_of(tree).reverse(copy=False)
    found = nx.single_source_shortest_path_length(graph, tree.root)
    return {kpi: found.get(kpi) for kpi in tree.kpis}


def parents(tree: Tree) -> dict[str, tuple[str, ...]]:
    """KPI -> the KPIs whose formulas name it, in file order."""
    found: dict[str, list[str]] = {kpi: [] for kpi in tree.kpis}
    for kpi in tree.kpis:
        for operand in tree.operands(kpi):
            found[operand].append(kpi)
    return {kpi: tuple(names) for kpi, names in found.items()}


def first_loop(operands: dict[str, tuple[str, ...]]) -> list[str] | None:
    """One circle of formulas, first KPI repeated at the end, or None."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(operands)
    for kpi, names in operands.items():
        graph.add_edges_from((kpi, name) for name in names if name in operands)
    if nx.is_directed_acyclic_graph(graph):  # far sooner known than which edges go round
        return None
    edges = nx.find_cycle(graph)
    return [edges[0][0], *(edge[1] for edge in edges)]
