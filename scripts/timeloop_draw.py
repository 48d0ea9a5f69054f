"""Layers, designs and random mappings in Timeloop's dialect, for timeloop_cases.py."""
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
DIMS = "CMRSNPQ"
TENSORS = ["Weights", "Inputs", "Outputs"]
DESIGNS = {"eyeriss_like": "eyeriss", "simple_weight_stationary": "simple",
           "simple_output_stationary": "simple"}
SHAPE = {
    "name": "conv", "dimensions": list(DIMS),
    "coefficients": [{"name": name, "default": 1}
                     for name in ["Wstride", "Hstride", "Wdilation", "Hdilation"]],
    "data-spaces": [
        {"name": "Weights", "projection": [[["C"]], [["M"]], [["R"]], [["S"]]]},
        {"name": "Inputs",
         "projection": [[["N"]], [["C"]], [["R", "Wdilation"], ["P", "Wstride"]],
                        [["S", "Hdilation"], ["Q", "Hstride"]]]},
        {"name": "Outputs", "projection": [[["N"]], [["M"]], [["Q"]], [["P"]]],
         "read-write": True}]}


class Design:
    def __init__(self, name):
        self.name = name
        folder = ROOT / "models/designs"
        self.file = yaml.safe_load((folder / f"{name}.yaml").read_text())
        energy = folder / "energy" / f"{DESIGNS[name]}_timeloop.yaml"
        self.file.update(yaml.safe_load(energy.read_text()))
        self.targets = self.file.pop("architecture_constraints")["targets"]
        levels = self.file["architecture"]["subtree"][0]["local"][::-1]
        self.levels = []  # the innermost first: name, words, fan-out along X and Y, keeps nothing
        inner = levels[0]["attributes"]
        for level in levels[1:]:
            a = level["attributes"]
            words = a["depth"] * (a["width"] // a["datawidth"]) if "depth" in a else 0
            self.levels.append({
                "name": re.sub(r"\[.*", "", level["name"]), "words": words,
                "x": inner["meshX"] // a["meshX"], "y": inner["meshY"] // a["meshY"],
                "dummy": level["class"] == "dummy_storage"})
            inner = a

    def rule(self, level, kind):
        """Fixed factors, the order's beginning, split, and who is kept or not."""
        rule = {"factors": {}, "permutation": "", "split": None, "keep": [], "bypass": []}
        for target in self.targets:
            if target["target"] != level or target["type"] != kind:
                continue
            for dim, bound in re.findall(r"(\w)=(\d+)", target.get("factors", "")):
                rule["factors"][dim] = int(bound)
            rule.update({key: target[key] for key in rule if key in target and key != "factors"})
        return rule


def primes(n):
    found = []
    for p in range(2, n + 1):
        while n % p == 0:
            found.append(p)
            n //= p
    return found


def draw_layer(rng):
    """Bounds and coefficients."""
    kind = rng.choice(["conv"] * 6 + ["depthwise", "dense", "pointwise"])
    layer = {"C": rng.choice([2, 3, 4, 8, 12, 24, 64]), "M": rng.choice([2, 4, 6, 8, 16, 48, 96]),
             "R": rng.choice([1, 2, 3, 3, 5, 7, 11]), "S": rng.choice([1, 2, 3, 3, 5, 7, 11]),
             "N": rng.choice([1, 1, 1, 2, 4, 6]), "P": rng.choice([2, 4, 6, 8, 13, 14, 28, 56]),
             "Q": rng.choice([2, 4, 6, 8, 13, 14, 28, 56])}
    if kind == "depthwise":
        layer.update(C=1, M=1)
    if kind == "dense":
        layer.update(R=1, S=1, P=1, Q=1, C=rng.choice([84, 256, 1024]))
    if kind == "pointwise":
        layer.update(R=1, S=1)
    for name in ["Wstride", "Hstride"]:
        layer[name] = rng.choice([1, 1, 1, 2, 2, 3, 4])
    for name in ["Wdilation", "Hdilation"]:
        layer[name] = rng.choice([1, 1, 1, 1, 2, 3])
    return layer


def words(layer, extent):
    """Of a tile of each tensor."""
    width = 1 + layer["Wdilation"] * (extent["R"] - 1) + layer["Wstride"] * (extent["P"] - 1)
    height = 1 + layer["Hdilation"] * (extent["S"] - 1) + layer["Hstride"] * (extent["Q"] - 1)
    return {"Weights": extent["C"] * extent["M"] * extent["R"] * extent["S"],
            "Inputs": extent["N"] * extent["C"] * width * height,
            "Outputs": extent["N"] * extent["M"] * extent["P"] * extent["Q"]}


def fits(design, layer, keep, factors, spatial):
    extent = dict.fromkeys(DIMS, 1)
    ones = extent.copy()
    for level in design.levels:
        name = level["name"]
        for dim in DIMS:
            extent[dim] *= factors.get((name, "spatial"), ones)[dim]
            extent[dim] *= factors[name, "temporal"][dim]
        tiles = words(layer, extent)
        if level["words"] and sum(tiles[t] for t in keep[name]) > level["words"]:
            return False
        along = {"X": 1, "Y": 1}
        for dim, axis in spatial.get(name, []):
            along[axis] *= factors[name, "spatial"][dim]
        if along["X"] > level["x"] or along["Y"] > level["y"]:
            return False
    return True


def draw_mapping(rng, design, layer, kind):
    """Directives of Timeloop's `mapping`."""
    keep, order, spatial, slots = {}, {}, {}, []
    for level in design.levels:
        name = level["name"]
        rule = design.rule(name, "bypass")
        keep[name] = [] if level["dummy"] else [
            t for t in TENSORS if t in rule["keep"] or
            (t not in rule["bypass"] and rng.random() < 0.7)]
        if kind == "free" and not level["dummy"]:
            keep[name] = [t for t in TENSORS if rng.random() < 0.5]
            if level["words"] == 1:
                keep[name] = keep[name][:1]
        if not level["words"]:
            keep[name] = TENSORS
        for list_kind in ["temporal", "spatial"]:
            if list_kind == "spatial" and level["x"] * level["y"] == 1:
                continue
            rule = design.rule(name, list_kind)
            free = kind == "free"
            start = "" if free else rule["permutation"]
            rest = [d for d in DIMS if d not in start]
            rng.shuffle(rest)
            order[name, list_kind] = start + "".join(rest)
            if list_kind == "spatial":
                split = rng.randint(0, 7) if free else rule["split"]
                if not free and split == 1 and rng.random() < 0.7:
                    split = 6  # the other reading of the simple designs
                order[name, "split"] = min(7, split)
                spatial[name] = [(d, "X" if i < min(7, split) else "Y")
                                 for i, d in enumerate(order[name, list_kind])]
            slots += [(name, list_kind, d) for d in DIMS
                      if (free and not level["dummy"]) or (free and list_kind == "spatial") or
                      (not free and rule["factors"].get(d) != 1)]
    factors = {key: dict.fromkeys(DIMS, 1) for key in order if key[1] != "split"}
    outer = design.levels[-1]["name"]
    wide = rng.random() < 0.5  # side by side rather than one after the other
    for dim in rng.sample(DIMS, len(DIMS)):
        for prime in primes(layer[dim]):
            places = [s for s in slots if s[2] == dim] + [(outer, "temporal", dim)]
            for _ in range(6):
                place = rng.choice(places)
                beside = [s for s in places if s[1] == "spatial"]
                if wide and beside and rng.random() < 0.7:
                    place = rng.choice(beside)
                if kind == "links" and dim == "S" and rng.random() < 0.8:
                    place = ("inter_PE_spatial", "spatial", dim)
                if kind == "links" and dim == "Q" and rng.random() < 0.8:
                    place = ("shared_glb", "temporal", dim)
                factors[place[:2]][dim] *= prime
                if fits(design, layer, keep, factors, spatial) or rng.random() < 0.006:
                    break
                factors[place[:2]][dim] //= prime
            else:
                factors[outer, "temporal"][dim] *= prime
    if kind == "links":  # rows follow one another
        rest = order["shared_glb", "temporal"].replace("Q", "")
        order["shared_glb", "temporal"] = "Q" + rest if rng.random() < 0.7 else rest[:2] + "Q" + \
            rest[2:]
    directives = []
    for level in design.levels:
        name = level["name"]
        directives.append({"target": name, "type": "datatype", "keep": list(keep[name]),
                           "bypass": [t for t in TENSORS if t not in keep[name]]})
        for list_kind in ["spatial", "temporal"]:
            if (name, list_kind) not in factors:
                continue
            text = " ".join(f"{d}{factors[name, list_kind][d]}" for d in DIMS)
            directives.append({"target": name, "type": list_kind, "factors": text,
                               "permutation": order[name, list_kind]})
            if list_kind == "spatial":
                directives[-1]["split"] = order[name, "split"]
    return directives
