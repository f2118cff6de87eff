"""Ask ONNX Runtime, through its Java binding, what an exported model answers."""
import base64
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np


class Answers:
    def __init__(self, labels, probabilities, logits, timing):
        self.labels = labels                # [n] names
        self.probabilities = probabilities  # [n, classes]
        self.logits = logits                # [n, classes]
        self.timing = timing


def jar():
    path = os.environ.get("ONNXRUNTIME_JAR", "")
    if not Path(path).is_file():
        sys.exit(f"ONNXRUNTIME_JAR: '{path}' (expected: the jar com.microsoft.onnxruntime:onnxruntime:1.28.0)")
    return path


def answers(model, inputs, batch=16):
    """Answers to a list of sentences, or to a uint8 array of pictures."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "inputs"), Path(folder, "out")
        if isinstance(inputs, np.ndarray):
            source.write_bytes(np.ascontiguousarray(inputs, dtype=np.uint8).tobytes())
        else:
            lines = [base64.b64encode(text.encode("utf-8", "surrogatepass")).decode() + "\n" for text in inputs]
            source.write_text("".join(lines))
        java = Path(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
        program = Path(__file__).with_name("Evaluate.java")
        run = subprocess.run([java, "--enable-native-access=ALL-UNNAMED", "-cp", jar(), program, model, source, out, str(batch)],
                             check=True, stdout=subprocess.PIPE, text=True)
        labels = out.with_suffix(".labels").read_text(encoding="utf-8").splitlines()
        return Answers(labels, *(np.fromfile(out.with_suffix(kind), dtype="<f4").reshape(len(labels), -1)
                                 for kind in (".probabilities", ".logits")), run.stdout.strip())
