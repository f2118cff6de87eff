"""Write anew what the models answer to the frozen samples, for the tests of the gateway.

The sentences of samples/intent.jsonl stay as they are; only the answers are replaced.
"""
import argparse
import json
from pathlib import Path

import numpy as np

import onnxruntime

MODELS = Path(__file__).resolve().parent.parent


def refresh_intent(models):
    path = models / "samples/intent.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    _write(path, [{"text": text} for text in texts], _answers(models, "intent", texts))


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
    refresh_intent(parser.parse_args().models)
