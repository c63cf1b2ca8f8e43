"""OpenFisca's side of the formula bench: runs in its own environment and process and prints one JSON object.

Usage: .venv-bench/bin/python bench/openfisca_side.py MODULE PARAMETERS INPUTS OUTPUTS [--save FILE]
MODULE is Python text of variables, PARAMETERS and OUTPUTS are JSON, INPUTS a folder of .npy columns.
"""

import argparse
import importlib.util
import json
import resource
import time
from pathlib import Path

import numpy as np
from openfisca_core.model_api import Variable
from openfisca_core.parameters import ParameterNode
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

PERIOD = "2025"


def peak():
    """Return the most memory that the process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def system_of(module_path, parameters):
    """Return the tax and benefit system of a module."""
    spec = importlib.util.spec_from_file_location("policy_module", module_path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    entities = [one for one in vars(module).values() if getattr(one, "key", None) and hasattr(one, "plural")]
    system = TaxBenefitSystem(sorted(entities, key=lambda entity: not entity.is_person))
    for one in vars(module).values():
        if isinstance(one, type) and issubclass(one, Variable) and one is not Variable:
            system.add_variable(one)
    system.parameters = ParameterNode("", data={"policy": parameters})
    return system, module


def columns(folder, names):
    """Return the inputs that the module has, as OpenFisca takes them."""
    found = {}
    for path in sorted(Path(folder).glob("*.npy")):
        if path.stem in names:
            values = np.load(path, allow_pickle=True)
            found[path.stem] = values if values.dtype.kind in "OUb" or path.stem == "sector" else (values / 100).astype(np.float32)
    return found


def simulation(system, module, inputs, groups):
    """Return a simulation with so many persons, in groups where the module has any."""
    count = len(next(iter(inputs.values())))
    builder = SimulationBuilder()
    if not groups:
        return builder.build_default_simulation(system, count)
    builder.create_entities(system)
    persons, group = system.person_entity, system.group_entities[0]
    builder.declare_person_entity(persons.key, np.arange(count))
    owner = groups["household"]
    made = builder.declare_entity(group.key, np.arange(int(owner.max()) + 1))
    builder.join_with_persons(made, owner, roles=np.full(count, group.flattened_roles[0].key))
    return builder.build(system)


def main():
    """Run once and tell seconds, memory beyond what the inputs take, and where the results are."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("module", "parameters", "inputs", "outputs"):
        parser.add_argument(name)
    parser.add_argument("--save")
    told = parser.parse_args()
    outputs = json.loads(told.outputs)
    system, module = system_of(told.module, json.loads(Path(told.parameters).read_text()))
    inputs = columns(told.inputs, set(system.variables))
    group_file = Path(told.inputs) / "_household.npy"
    groups = {"household": np.load(group_file)} if group_file.exists() else {}
    before = peak()
    begun, processor = time.perf_counter(), time.process_time()
    run = simulation(system, module, inputs, groups)
    for name, values in inputs.items():
        run.set_input(name, PERIOD, values)
    results = {name: run.calculate(name, PERIOD) for name in outputs}
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    print(json.dumps({"seconds": seconds, "cpu": processor, "peak_mb": peak() - before}))
    if told.save:
        np.savez(told.save, **results)


if __name__ == "__main__":
    main()
