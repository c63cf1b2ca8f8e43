"""Which tables a verdict really hangs on."""

from __future__ import annotations

from townwright.kernel.formula.bind_prior import base_of
from townwright.kernel.formula.compiled import AMOUNT, CompiledRulebook
from townwright.kernel.formula.ir import walk
from townwright.kernel.formula.rulebook import Link, condition_key


def tables_reached(compiled: CompiledRulebook) -> frozenset[str]:
    """Return the entities whose rows a policy's conditions and amount are computed from.

    What a rulebook only declares, in a link or a variable that nothing uses, is not among them.
    """
    policy = compiled.book.policy
    if policy is None:
        return frozenset()
    waiting = [(policy.entity, condition_key(name)) for name in policy.conditions] + [(policy.entity, AMOUNT)]
    seen, found = set(waiting), {policy.entity}
    while waiting:
        entity, name = waiting.pop()
        formula = compiled.formulas.get((entity, name)) or compiled.formulas[entity, base_of(name)[0]]
        for node in walk(formula):
            found.add(node.entity)
            for link in node.extra if isinstance(node.extra, tuple) else (node.extra,):
                if isinstance(link, Link):
                    found.update((link.owner, link.to, *(one.to for one in link.path)))
            if node.op == "variable" and (node.entity, node.name) not in seen:
                seen.add((node.entity, node.name))
                waiting.append((node.entity, node.name))
    return frozenset(found)
