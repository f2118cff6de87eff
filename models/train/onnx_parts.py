"""Small helpers to write ONNX graphs by hand."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3), helper.make_opsetid("com.microsoft", 1)]
IR_VERSION = 8


class Graph:
    """Collects nodes and constants; every method that adds a node returns the name of its output."""

    def __init__(self, name):
        self.name = name
        self.nodes = []
        self.constants = []

    def constant(self, name, value):
        value = np.asarray(value)
        if value.dtype == np.float64:
            raise TypeError(f"{name}: float64 (expected: a type the graph computes in)")
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def half(self, name, value):
        """A constant stored in half precision and cast when the model is loaded."""
        stored = self.constant(name + "_half", np.asarray(value, dtype=np.float16))
        return self.add("Cast", [stored], name, to=TensorProto.FLOAT)

    def add(self, operator, inputs, output, domain="", **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def save(self, path, inputs, outputs, description):
        graph = helper.make_graph(self.nodes, self.name, inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION, producer_name="brink",
                                  doc_string=description)
        onnx.checker.check_model(helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(model.SerializeToString(deterministic=True))
        return path


def answer(graph, logits, labels):
    """From logits to the three outputs every shipped model has."""
    graph.add("Softmax", [logits], "probabilities", axis=1)
    graph.add("ArgMax", [logits], "best", axis=1, keepdims=1)
    graph.add("LabelEncoder", ["best"], "label", domain="ai.onnx.ml", keys_int64s=list(range(len(labels))),
              values_strings=labels, default_string="")
    return [helper.make_tensor_value_info("label", TensorProto.STRING, [None, 1]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(labels)]),
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, [None, len(labels)])]


def symmetric_int8(weight, axis, largest=127):
    """int8 weights and their scales, one per slice along the axis."""
    other = tuple(i for i in range(weight.ndim) if i != axis)
    scale = np.maximum(np.abs(weight).max(axis=other, keepdims=True), 1e-9) / largest
    return np.rint(weight / scale).astype(np.int8), scale.reshape(-1).astype(np.float32)
