"""OpenFisca's side of the formula bench: runs in its own environment and process and prints one JSON object.

Usage: .venv-bench/bin/python bench/openfisca_side.py MODULE PARAMETERS INPUTS OUTPUTS [--double] [--trace] [--again N] [--save FILE]
MODULE is Python text of variables, PARAMETERS and OUTPUTS are JSON, INPUTS a folder of .npy columns by entity. --double holds figures in
float64, which OpenFisca does not offer: it is there to tell what float32 costs. The first simulation is timed by itself, then others after it;
--trace writes down every step of each.
"""

import argparse
import importlib.util
import json
import statistics
import time
from pathlib import Path

import numpy as np
from openfisca_core.model_api import Variable
from openfisca_core.parameters import ParameterNode
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

PERIOD = "2025"


def memory(name):
    """Return a figure of the process's memory in MB: VmRSS, what it holds; VmHWM, the most it held (ru_maxrss would count the parent's)."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


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
    return system


def columns(folder, system, double):
    """Return the inputs that the module has, as OpenFisca takes them: money as floats, made without leaving large copies behind."""
    found = {}
    for path in sorted(Path(folder).glob("*/*.npy")):
        variable = system.variables.get(path.stem)
        if variable is None:
            continue
        values = np.load(path, allow_pickle=True)
        if variable.value_type is float:
            made = np.empty(len(values), dtype=np.float64 if double else np.float32)
            for start in range(0, len(values), 65536):
                made[start : start + 65536] = values[start : start + 65536] / 100
            values = made
        found[path.stem] = values
    return found


def simulation(system, owner, count):
    """Return a simulation with so many persons, in the groups that ``owner`` tells for each, if there are any."""
    builder = SimulationBuilder()
    if owner is None:
        return builder.build_default_simulation(system, count)
    builder.create_entities(system)
    persons, group = system.person_entity, system.group_entities[0]
    builder.declare_person_entity(persons.key, np.arange(count))
    made = builder.declare_entity(group.key, np.arange(int(owner.max()) + 1))
    builder.join_with_persons(made, owner, roles=np.full(count, group.flattened_roles[0].key))
    return builder.build(system)


def main():
    """Run once and tell seconds, memory beyond what the inputs take, and where the results are."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("module", "parameters", "inputs", "outputs"):
        parser.add_argument(name)
    for name in ("--double", "--trace"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--again", type=int, default=3)
    parser.add_argument("--save")
    told = parser.parse_args()
    outputs = json.loads(told.outputs)
    system = system_of(told.module, json.loads(Path(told.parameters).read_text()))
    if told.double:
        for variable in system.variables.values():
            if variable.value_type is float:
                variable.dtype = np.float64
    base = memory("VmRSS")
    inputs = columns(told.inputs, system, told.double)
    places = Path(told.inputs) / "households.npy"
    owner = np.load(places) if places.exists() else None
    count = len(owner) if owner is not None else len(next(iter(inputs.values())))
    before, found = memory("VmRSS"), {}

    def run():
        """Simulate once and return the results with the seconds of wall and processor."""
        begun, processor = time.perf_counter(), time.process_time()
        simulated = simulation(system, owner, count)
        simulated.trace = told.trace
        for name, values in inputs.items():
            simulated.set_input(name, PERIOD, values)
        results = {name: simulated.calculate(name, PERIOD) for name in outputs}
        if told.trace:
            found["traced"] = len(simulated.tracer.computation_log.lines())
        return results, time.perf_counter() - begun, time.process_time() - processor

    results, seconds, processor = run()
    found |= {"base_mb": base, "first_s": seconds, "first_cpu": processor, "whole_mb": memory("VmHWM"), "peak_mb": memory("VmHWM") - before}
    if told.again:
        kept = results if told.save else None
        del results
        again = [run()[1:] for _ in range(told.again)]
        found["seconds"], found["cpu"] = (statistics.median(one) for one in zip(*again, strict=True))
        results = kept
    print(json.dumps(found))
    if told.save:
        np.savez(told.save, **results)


if __name__ == "__main__":
    main()
