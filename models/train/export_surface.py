"""Write the surface models as ONNX graphs that take raw uint8 pictures."""
import numpy as np
import torch
from onnx import TensorProto, helper

from onnx_parts import Graph, answer, symmetric_int8
from surface_images import SIZE
from surface_nets import PIXEL_SCALE, ZERO_POINT, tensor_of

IMAGE = [helper.make_tensor_value_info("image", TensorProto.UINT8, [None, SIZE, SIZE, 1])]
# 255 * 63 * 2 fits 16 bits: processors whose int8 product adds pairs in 16 bits do not saturate, and all agree.
LARGEST_WEIGHT = 63


@torch.no_grad()
def activation_scales(net, images, quantile=0.9999):
    """Per layer, the step of a uint8 that reaches nearly the largest activation; last, that of the pooled features."""
    steps = net.activations(tensor_of(images))
    pooled = torch.cat([steps[-1].mean((2, 3)), steps[-1].amax((2, 3))], dim=1)
    return [np.float32(np.quantile(step.numpy(), quantile) / 255) for step in (*steps, pooled)]


def export_edge(path, net, labels, temperature, scales):
    """int8 with fixed scales; the uint8 picture is itself the first quantized tensor."""
    graph = Graph("surface-edge")
    graph.constant("pixel_scale", np.float32(PIXEL_SCALE))
    graph.constant("pixel_zero", np.uint8(ZERO_POINT))
    graph.constant("zero", np.uint8(0))
    channels_first = graph.constant("channels_first", np.array([-1, 1, SIZE, SIZE], dtype=np.int64))
    graph.add("Reshape", ["image", channels_first], "pixels")
    value = graph.add("DequantizeLinear", ["pixels", "pixel_scale", "pixel_zero"], "x0")
    scale_before = np.float32(PIXEL_SCALE)
    for i, (convolution, scale) in enumerate(zip(net.convolutions, scales), 1):
        value = _convolution(graph, f"conv{i}", convolution, value, scale_before, scale)
        scale_before = scale
    graph.add("ReduceMean", [value], "mean", axes=[2, 3], keepdims=0)
    graph.add("ReduceMax", [value], "max", axes=[2, 3], keepdims=0)
    graph.add("Concat", ["mean", "max"], "pooled", axis=1)
    graph.add("QuantizeLinear", ["pooled", graph.constant("pooled_scale", scales[-1]), "zero"], "whole_pooled")
    weight, weight_scale = symmetric_int8(net.output.weight.detach().numpy().T / temperature, 1, LARGEST_WEIGHT)
    graph.add("MatMulInteger", ["whole_pooled", graph.constant("output", weight)], "whole_logits")
    graph.add("Cast", ["whole_logits"], "raw_logits", to=TensorProto.FLOAT)
    graph.add("Mul", ["raw_logits", graph.constant("output_scale", weight_scale * scales[-1])], "scaled_logits")
    bias = (net.output.bias.detach().numpy() / temperature).astype(np.float32)
    graph.add("Add", ["scaled_logits", graph.constant("output_bias", bias)], "logits")
    return graph.save(path, IMAGE, answer(graph, "logits", labels), "Defects on brushed metal; int8")


def _convolution(graph, name, convolution, value, scale_before, scale):
    """Convolution with the norm folded in. A uint8 starts at zero, so quantizing does the rectifying too."""
    weight, bias = convolution.folded()
    whole, weight_scale = symmetric_int8(weight, 0, LARGEST_WEIGHT)
    bias_scale = weight_scale * scale_before
    whole_bias = np.rint(bias / bias_scale).astype(np.int32)
    graph.constant(name + "_scale", scale)
    inputs = [value]
    for part, stored, part_scale in (("weight", whole, weight_scale), ("bias", whole_bias, bias_scale)):
        origin = graph.constant(f"{name}_{part}_zero", np.zeros(len(part_scale), dtype=stored.dtype))
        inputs.append(graph.add("DequantizeLinear", [graph.constant(f"{name}_{part}_whole", stored),
                                                     graph.constant(f"{name}_{part}_scale", part_scale), origin],
                                f"{name}_{part}", axis=0))
    _conv(graph, convolution[0], inputs, name)
    graph.add("QuantizeLinear", [name, name + "_scale", "zero"], name + "_quantized")
    return graph.add("DequantizeLinear", [name + "_quantized", name + "_scale", "zero"], name + "_value")


def export_cloud(path, net, labels, temperature):
    graph = Graph("surface-cloud")
    channels_first = graph.constant("channels_first", np.array([-1, 1, SIZE, SIZE], dtype=np.int64))
    graph.add("Cast", ["image"], "float_image", to=TensorProto.FLOAT)
    graph.add("Reshape", ["float_image", channels_first], "pixels")
    graph.add("Sub", ["pixels", graph.constant("pixel_zero", np.float32(ZERO_POINT))], "centred")
    graph.add("Mul", ["centred", graph.constant("pixel_scale", np.float32(PIXEL_SCALE))], "x")
    value = _float_convolution(graph, "stem", net.stem, "x", rectified=True)
    for i, block in enumerate(net.blocks, 1):
        first = _float_convolution(graph, f"block{i}_first", block.first, value, rectified=True)
        second = _float_convolution(graph, f"block{i}_second", block.second, first)
        shortcut = _float_convolution(graph, f"block{i}_shortcut", block.shortcut, value)
        graph.add("Add", [second, shortcut], f"block{i}_sum")
        value = graph.add("Relu", [f"block{i}_sum"], f"block{i}")
    graph.add("ReduceMean", [value], "mean", axes=[2, 3], keepdims=0)
    graph.add("ReduceMax", [value], "max", axes=[2, 3], keepdims=0)
    graph.add("Concat", ["mean", "max"], "pooled", axis=1)
    weight = (net.output.weight.detach().numpy().T / temperature).astype(np.float32)
    bias = (net.output.bias.detach().numpy() / temperature).astype(np.float32)
    graph.add("MatMul", ["pooled", graph.constant("output", weight)], "product")
    graph.add("Add", ["product", graph.constant("output_bias", bias)], "logits")
    return graph.save(path, IMAGE, answer(graph, "logits", labels), "Defects on brushed metal; residual network")


def _float_convolution(graph, name, convolution, value, rectified=False):
    weight, bias = convolution.folded()
    output = name + "_raw" if rectified else name
    _conv(graph, convolution[0], [value, graph.constant(name + "_weight", weight), graph.constant(name + "_bias", bias)], output)
    return graph.add("Relu", [output], name) if rectified else output


def _conv(graph, layer, inputs, output):
    pad = layer.padding[0]
    return graph.add("Conv", inputs, output, kernel_shape=list(layer.kernel_size), strides=list(layer.stride), pads=[pad] * 4)
