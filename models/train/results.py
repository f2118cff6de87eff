"""Write what a training run found: metrics, thresholds, calibration and traces. None of it holds any input."""
import gzip
import hashlib
import io
import json
import platform
from dataclasses import dataclass

import numpy as np
import onnx
import scipy
import sklearn
import torch

from cascade import SIGNALS, energy, margin, max_probability, rounded

SHIPPED = "hard_or_unknown"


@dataclass(frozen=True)
class Policy:
    forward_unknown: bool
    goal: float  # share of the cloud's accuracy, on validation


def policies(shipped_goal):
    """The policy the model.yaml carries, and the plainest one, to compare."""
    return {SHIPPED: Policy(forward_unknown=True, goal=shipped_goal), "hard_only": Policy(forward_unknown=False, goal=0.99)}


def write(out, name, pairs, labels, share, shipped_goal, recipe, parity):
    validation, test = pairs["validation"], pairs["test"]
    edge, cloud = out / "edge" / name, out / "cloud" / name
    chosen = policies(shipped_goal)
    signal, thresholds = _choose(validation, chosen)
    cascade = {"signal": signal, "unknown_share_planned_for": share, "policies": {}}
    for name_of, policy in chosen.items():
        threshold = thresholds[name_of]
        cascade["policies"][name_of] = {"goal_on_validation": policy.goal, "threshold": threshold} | {
            split: pair.cascade(signal, threshold, policy.forward_unknown) for split, pair in pairs.items()}
    cascade["accuracy_by_share_forwarded_on_test"] = {kind: test.curve(kind) for kind in SIGNALS}
    for folder, tier in ((edge, "edge"), (cloud, "cloud")):
        model = folder / "1/model.onnx"
        metrics = {"model": {"bytes": model.stat().st_size, "sha256": _sha256(model)},
                   **{split: pair.alone(getattr(pair, tier)) for split, pair in pairs.items()},
                   "agreement_of_edge_and_cloud": {split: pair.agreement() for split, pair in pairs.items()}}
        if tier == "edge":
            metrics["cascade"] = cascade
        metrics |= {"exported_against_trained_on_validation": parity[tier], "recipe": recipe[tier], "versions": _versions()}
        write_json(folder / "metrics.json", rounded(metrics))
        write_list(folder / "labels.txt", labels)
    _write_model_yaml(edge, labels[validation.unknown_class], signal, thresholds[SHIPPED])
    _write_model_yaml(cloud)
    _write_calibration(edge / "1/calibration.json", validation)
    _write_traces(out / f"samples/{name}_traces.csv.gz", test)


def gap(exported, trained):
    """How far the exported model is from the trained one."""
    return {"largest_logit_difference": float(np.abs(exported - trained).max()),
            "changed_answers": int((exported.argmax(1) != trained.argmax(1)).sum()), "of": len(trained)}


def _versions():
    return {"python": platform.python_version(), "torch": torch.__version__, "onnx": onnx.__version__, "numpy": np.__version__,
            "scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "onnxruntime": "1.28.0"}


def _choose(pair, chosen):
    """The signal that forwards least under the shipped policy, and the threshold of every policy."""
    def forwarded(signal):
        policy = chosen[SHIPPED]
        threshold = pair.choose_threshold(signal, policy.goal, policy.forward_unknown)
        return pair.cascade(signal, threshold, policy.forward_unknown)["forwarded"]

    signal = min(SIGNALS, key=forwarded)
    return signal, {name: pair.choose_threshold(signal, policy.goal, policy.forward_unknown) for name, policy in chosen.items()}


def _write_model_yaml(folder, unknown_label=None, signal=None, threshold=None):
    tier, name = folder.parent.name, folder.name
    lines = [f"# {tier}/{name}/model.yaml"]
    if tier == "edge":
        lines += ["cascade:", "  output: probabilities", f"  signal: {signal}", f"  threshold: {threshold}  # escalate below",
                  "  label-output: label", f"  unknown-labels: [{unknown_label}]"]
    lines += ["batching: { max-size: 16 }", "runtime: { providers: [cpu] }"] if tier == "edge" else [
        "batching: { max-size: 64 }", "runtime: { providers: [cuda, cpu] }"]
    lines += ["versions:", f'  "1": {{ sha256: {_sha256(folder / "1/model.onnx")} }}']
    write_list(folder / "model.yaml", lines)


def _write_calibration(path, pair):
    columns = (max_probability(pair.edge.probabilities), margin(pair.edge.probabilities), pair.edge_class == pair.cloud_class,
               pair.edge_class == pair.unknown_class, pair.unknown)
    rows = [[round(float(row[0]), 4), round(float(row[1]), 4), *map(int, row[2:])] for row in zip(*columns)]
    names = ["max_probability", "margin", "agree", "edge_is_unknown", "out_of_scope"]
    text = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    path.write_text(f'{{"columns": {json.dumps(names)},\n"examples": [\n{text}\n]}}\n', encoding="utf-8")


def _write_traces(path, pair):
    lines = ["max_probability,margin,energy,edge_label,cloud_label,true_label,out_of_scope"]
    scores = zip(max_probability(pair.edge.probabilities), margin(pair.edge.probabilities),
                 energy(pair.edge.logits, pair.unknown_class))
    for (top, gap, low), *answers in zip(scores, pair.edge_class, pair.cloud_class, pair.labels, pair.unknown):
        lines.append(f"{top:.4f},{gap:.4f},{low:.4f}," + ",".join(str(int(answer)) for answer in answers))
    _gzip(path, "\n".join(lines) + "\n")


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_list(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_gzip(path, value):
    _gzip(path, json.dumps(value, ensure_ascii=False) + "\n")


def _gzip(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        file.write(text.encode("utf-8"))
    path.write_bytes(packed.getvalue())
