"""Write the intent models as ONNX graphs that take raw text."""
import numpy as np
from onnx import TensorProto, helper

from intent_features import MAX_CHARS, MAX_WORDS, WORD
from onnx_parts import Graph, answer, symmetric_int8

TEXT = [helper.make_tensor_value_info("text", TensorProto.STRING, [None, 1])]
MICROSOFT = "com.microsoft"


def export_edge(path, net, counter, labels, temperature, largest_hidden):
    """The word network in int8.

    Counts of words are small whole numbers, so the first product is exact. The hidden layer has one fixed
    scale and only 7 bits: a fixed scale makes an answer independent of its batch, and 7 bits keep the
    16-bit intermediate sums of older processors from saturating.
    """
    graph = Graph("intent-edge")
    counts = _word_counts(graph, _lower_case(graph), counter.word_grams)
    embedding, embedding_scale = symmetric_int8(net.embedding.weight.detach().numpy(), axis=1)
    graph.add("Cast", [counts], "whole_counts", to=TensorProto.UINT8)
    graph.add("MatMulInteger", ["whole_counts", graph.constant("embedding", embedding)], "whole_sum")
    graph.add("Cast", ["whole_sum"], "sum", to=TensorProto.FLOAT)
    graph.add("Mul", ["sum", graph.constant("embedding_scale", embedding_scale)], "embedded")
    hidden = _normalized(graph, "embedded", counts, net.bias, "")
    step = np.float32(largest_hidden / 127)
    largest = step * np.float32(127)
    graph.add("Clip", [hidden, graph.constant("zero", np.float32(0)), graph.constant("largest", largest)], "bounded")
    graph.add("QuantizeLinear", ["bounded", graph.constant("step", step), graph.constant("origin", np.uint8(0))], "whole_hidden")
    weight = net.output.weight.detach().numpy().T / temperature
    output, output_scale = symmetric_int8(weight, axis=1)
    graph.add("MatMulInteger", ["whole_hidden", graph.constant("output", output)], "whole_logits")
    graph.add("Cast", ["whole_logits"], "raw_logits", to=TensorProto.FLOAT)
    graph.add("Mul", ["raw_logits", graph.constant("output_scale", output_scale * step)], "scaled_logits")
    bias = (net.output.bias.detach().numpy() / temperature).astype(np.float32)
    graph.add("Add", ["scaled_logits", graph.constant("output_bias", bias)], "logits")
    return graph.save(path, TEXT, answer(graph, "logits", labels), "Intent of a sentence; words only, int8")


def export_cloud(path, svm, net, counter, labels, weights):
    """The support vector machine and the n-gram network, averaged; large constants stored in half precision."""
    graph = Graph("intent-cloud")
    lower = _lower_case(graph)
    words = _word_counts(graph, lower, counter.word_grams)
    chars = _char_counts(graph, lower, counter.char_grams)
    counts = graph.add("Concat", [words, chars], "counts", axis=1)

    graph.add("MatMul", [counts, graph.half("embedding", net.embedding.weight.detach().numpy())], "embedded")
    hidden = _normalized(graph, "embedded", counts, net.bias, "net_")
    graph.add("Relu", [hidden], "rectified")
    graph.add("MatMul", ["rectified", graph.constant("output", net.output.weight.detach().numpy().T)], "net_product")
    graph.add("Add", ["net_product", graph.constant("output_bias", net.output.bias.detach().numpy())], "net_logits")

    graph.add("Min", [counts, graph.constant("one", np.float32(1))], "presence")
    graph.add("Mul", ["presence", graph.constant("idf", svm.idf)], "tf_idf")
    graph.add("ReduceL2", ["tf_idf"], "length", axes=[1], keepdims=1)
    graph.add("Max", ["length", graph.constant("tiny", np.float32(1e-12))], "positive_length")
    graph.add("MatMul", ["tf_idf", graph.half("svm_weight", svm.weight)], "svm_sum")
    graph.add("Div", ["svm_sum", "positive_length"], "svm_product")
    graph.add("Add", ["svm_product", graph.constant("svm_bias", svm.bias)], "svm_logits")
    weights.build(graph, "svm_logits", "net_logits", "logits")
    return graph.save(path, TEXT, answer(graph, "logits", labels), "Intent of a sentence; word and character n-grams")


def _lower_case(graph):
    """The normalizer takes one dimension only, and the locale C is the one every machine has."""
    graph.add("Reshape", ["text", graph.constant("flat", np.array([-1], dtype=np.int64))], "flat_text")
    return graph.add("StringNormalizer", ["flat_text"], "lower", case_change_action="LOWER", is_case_sensitive=1, locale="C")


def _word_counts(graph, text, grams):
    graph.add("Tokenizer", [text], "all_words", domain=MICROSOFT, mark=0, mincharnum=1, pad_value="", tokenexp=WORD)
    words = _first(graph, "all_words", MAX_WORDS, "words")
    pool, starts = _pool(grams)
    return graph.add("TfIdfVectorizer", [words], "word_counts", mode="TF", min_gram_length=1, max_gram_length=len(starts),
                     max_skip_count=0, ngram_counts=starts, ngram_indexes=list(range(len(grams))), pool_strings=pool)


def _char_counts(graph, text, grams):
    graph.add("Tokenizer", [text], "all_chars", domain=MICROSOFT, mark=0, mincharnum=1, pad_value="", separators=[""])
    chars = _first(graph, "all_chars", MAX_CHARS, "chars")
    pool, starts = _pool(grams)
    alphabet = sorted(set(pool))
    number = {char: i for i, char in enumerate(alphabet, 1)}
    graph.add("LabelEncoder", [chars], "char_numbers", domain="ai.onnx.ml", keys_strings=alphabet,
              values_int64s=list(number.values()), default_int64=0)
    shortest = min(map(len, grams))
    return graph.add("TfIdfVectorizer", ["char_numbers"], "char_counts", mode="TF", min_gram_length=shortest,
                     max_gram_length=len(starts), max_skip_count=0, ngram_counts=starts,
                     ngram_indexes=list(range(len(grams))), pool_int64s=[number[char] for char in pool])


def _pool(grams):
    """The flat pool of n-grams, which must be ordered by length, and where each length starts in it."""
    pool = [token for gram in grams for token in gram]
    longest = len(grams[-1])
    starts = [sum(len(gram) for gram in grams if len(gram) < length) for length in range(1, longest + 1)]
    return pool, starts


def _first(graph, tokens, limit, output):
    constants = [graph.constant(f"{output}_{name}", np.array([value], dtype=np.int64))
                 for name, value in (("from", 0), ("to", limit), ("axis", 1))]
    return graph.add("Slice", [tokens, *constants], output)


def _normalized(graph, total, counts, bias, prefix):
    graph.add("ReduceSum", [counts, graph.constant(prefix + "columns", np.array([1], dtype=np.int64))], prefix + "size", keepdims=1)
    graph.add("Max", [prefix + "size", graph.constant(prefix + "least", np.float32(1))], prefix + "positive_size")
    graph.add("Sqrt", [prefix + "positive_size"], prefix + "root")
    graph.add("Div", [total, prefix + "root"], prefix + "mean")
    return graph.add("Add", [prefix + "mean", graph.constant(prefix + "bias", bias.detach().numpy())], prefix + "hidden")
