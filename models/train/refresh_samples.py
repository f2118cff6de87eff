"""Write anew what the models answer to the frozen samples, for the tests of the gateway.

The sentences of samples/intent.jsonl stay as they are; only the answers are replaced. The pictures are drawn from a fixed seed.
"""
import argparse
import json
from pathlib import Path

import numpy as np

import onnxruntime
from surface_images import CLASSES, UNKNOWN_IN_TEST, UNKNOWN_IN_VALIDATION, draw

MODELS = Path(__file__).resolve().parent.parent
SAMPLE_SEED = 4


def refresh_intent(models):
    path = models / "samples/intent.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    _write(path, [{"text": text} for text in texts], _answers(models, "intent", texts))


def refresh_surface(models):
    folder = models / "samples/surface"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [(kind, faintness) for kind in CLASSES for faintness in (0.1, 0.5)]
    wanted += [(kind, 0.2) for kind in (*UNKNOWN_IN_TEST, *UNKNOWN_IN_VALIDATION)] + [("stripes", 0.6)]
    samples, images = [], []
    for i, (kind, faintness) in enumerate(wanted):
        image = draw(kind, faintness, np.random.default_rng([SAMPLE_SEED, i]))
        path = folder / f"{kind}-{faintness:.1f}.bin"
        path.write_bytes(image.tobytes())
        samples.append({"file": f"surface/{path.name}", "kind": kind, "faintness": faintness})
        images.append(image[:, :, None])
    _write(models / "samples/surface.jsonl", samples, _answers(models, "surface", np.stack(images)))


def _answers(models, pair, inputs):
    """Per input, what each tier answers when asked alone."""
    tiers = {}
    for tier in ("edge", "cloud"):
        model = models / tier / pair / "1/model.onnx"
        alone, together = (onnxruntime.answers(model, inputs, batch) for batch in (1, 16))
        difference = float(np.abs(alone.logits - together.logits).max())
        if alone.labels != together.labels or difference > (0 if tier == "edge" else 1e-4):
            raise SystemExit(f"{model}: answers depend on the batch, logits by {difference}")
        tiers[tier] = [{"label": label, "max_probability": round(float(p.max()), 6), "top_logit": round(float(l.max()), 5)}
                       for label, p, l in zip(alone.labels, alone.probabilities, alone.logits)]
    return [dict(zip(tiers, answers)) for answers in zip(*tiers.values())]


def _write(path, inputs, answers):
    lines = [json.dumps(sample | answer) for sample, answer in zip(inputs, answers)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=MODELS, help="folder with edge/, cloud/ and samples/")
    chosen = parser.parse_args().models
    refresh_intent(chosen)
    refresh_surface(chosen)
