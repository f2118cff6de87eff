"""Draw the pictures; train, export and measure the surface pair. See README.md; run through the script train_surface."""
import argparse
import time
from pathlib import Path

import numpy as np
import torch

import onnxruntime
import results
from cascade import Pair, fit_temperature, share_weights
from export_surface import activation_scales, export_cloud, export_edge
from surface_images import (LABELS, UNKNOWN, UNKNOWN_IN_TEST, UNKNOWN_IN_TRAINING, UNKNOWN_IN_VALIDATION, Pictures)
from surface_nets import CloudNet, EdgeNet, Recipe, logits_of, train

MODELS = Path(__file__).resolve().parent.parent
UNKNOWN_SHARE = 0.2  # of the traffic to plan for
GOAL = 0.99  # of the cloud's accuracy
SEEDS = {"training": 1, "validation": 2, "test": 3}
EDGE = Recipe(epochs=10, learning_rate=4e-3, seed=1)
CLOUD = Recipe(epochs=10, learning_rate=3e-3, seed=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=MODELS, help="folder that gets edge/, cloud/ and samples/")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    onnxruntime.jar()
    started = time.time()
    training = Pictures(SEEDS["training"], 14000, 6000, UNKNOWN_IN_TRAINING)
    validation = Pictures(SEEDS["validation"], 3200, 800, UNKNOWN_IN_VALIDATION)
    test = Pictures(SEEDS["test"], 4000, 1000, UNKNOWN_IN_TEST)
    unknown = LABELS.index(UNKNOWN)
    weights = share_weights(validation.labels == unknown, UNKNOWN_SHARE)

    models, parity, recipe = {}, {}, {}
    for tier, net, how in (("edge", EdgeNet(len(LABELS)), EDGE), ("cloud", CloudNet(len(LABELS)), CLOUD)):
        print(tier, flush=True)
        train(net, training, how)
        trained = logits_of(net, validation.images)
        temperature = fit_temperature(trained, validation.labels, weights)
        path = arguments.out / tier / "surface/1/model.onnx"
        if tier == "edge":
            export_edge(path, net, LABELS, temperature, activation_scales(net, training.images[:2000]))
        else:
            export_cloud(path, net, LABELS, temperature)
        models[tier] = path
        parity[tier] = results.gap(onnxruntime.answers(path, validation.images).logits, trained / temperature)
        recipe[tier] = {"net": how.as_dict(), "parameters": sum(p.numel() for p in net.parameters()), "temperature": temperature,
                        "pictures": {"seeds": SEEDS, "training": len(training), "validation": len(validation), "test": len(test)}}

    print("measure", flush=True)
    pairs = {name: Pair(*(onnxruntime.answers(models[tier], pictures.images) for tier in ("edge", "cloud")),
                        pictures.labels, unknown, weight)
             for name, pictures, weight in (("validation", validation, weights), ("test", test, None))}
    results.write(arguments.out, "surface", pairs, LABELS, UNKNOWN_SHARE, GOAL, recipe, parity)
    results.write_json(arguments.out / "edge/surface/breakdown.json", results.rounded(_breakdown(pairs["test"], test)))
    print(f"done in {time.time() - started:.0f} s")


def _breakdown(pair, pictures):
    """Test accuracy by faintness, in fifths, and by kind."""
    known = ~pair.unknown
    edges = np.quantile(pictures.faintness[known], [0.2, 0.4, 0.6, 0.8])
    fifth = np.digitize(pictures.faintness, edges)
    kinds = np.array(pictures.kinds)
    groups = {"by_faintness": {f"fifth {i + 1}": known & (fifth == i) for i in range(5)},
              "by_kind": {kind: kinds == kind for kind in dict.fromkeys(pictures.kinds)}}
    return {name: {key: {"edge": pair.accuracy(pair.edge_class, among), "cloud": pair.accuracy(pair.cloud_class, among)}
                   for key, among in members.items()} for name, members in groups.items()}


if __name__ == "__main__":
    main()
