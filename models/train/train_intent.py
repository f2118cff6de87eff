"""Train, export and measure the intent pair. See README.md; run through the script train_intent."""
import argparse
import time
from pathlib import Path

import numpy as np
import torch
from scipy.special import log_softmax

import onnxruntime
import results
from cascade import Pair, fit_temperature, share_weights
from export_intent import export_cloud, export_edge
from intent_data import IntentData
from intent_features import NgramCounter, chars_of, most_informative, words_of
from intent_nets import BagRecipe, SvmRecipe, bag_hidden, bag_logits, train_bag_net, train_svm

MODELS = Path(__file__).resolve().parent.parent
OUT_OF_SCOPE_SHARE = 0.18  # of the traffic to plan for
GOAL = 0.993  # of the cloud's accuracy: the promise is 0.99, and 100 unknown sentences make validation uncertain
EDGE_WORDS = 1500
CLOUD_CHARS = 16000
EDGE = BagRecipe(hidden=24, epochs=24, learning_rate=6e-3, dropout=0.05, feature_drop=0.15, wiki=200, swapped=200,
                 unknown_repeat=2, seed=1)
CLOUD_NET = BagRecipe(hidden=256, epochs=14, learning_rate=4e-3, dropout=0.2, feature_drop=0.3, wiki=300, swapped=300,
                      unknown_repeat=4, seed=1)
CLOUD_SVM = SvmRecipe(cost=0.5, wiki=150, swapped=150, seed=1)
CLOUD_NET_SHARE = 0.8


class Mixture:
    """The cloud's logits: T-scaled log of a weighted mean of two calibrated probabilities."""

    def __init__(self, svm_temperature, net_temperature, net_share):
        self.svm_temperature = svm_temperature
        self.net_temperature = net_temperature
        self.net_share = net_share
        self.temperature = 1.0

    def logits(self, svm, net):
        mixed = np.logaddexp(np.log(1 - self.net_share) + log_softmax(svm / self.svm_temperature, axis=1),
                             np.log(self.net_share) + log_softmax(net / self.net_temperature, axis=1))
        return mixed / self.temperature

    def build(self, graph, svm, net, output):
        members = []
        for name, logits, temperature, share in (("svm", svm, self.svm_temperature, 1 - self.net_share),
                                                 ("net", net, self.net_temperature, self.net_share)):
            graph.add("Mul", [logits, graph.constant(name + "_sharpness", np.float32(1 / temperature))], name + "_scaled")
            graph.add("Softmax", [name + "_scaled"], name + "_probabilities", axis=1)
            members.append(graph.add("Mul", [name + "_probabilities", graph.constant(name + "_share", np.float32(share))],
                                     name + "_part"))
        graph.add("Add", members, "mixture")
        graph.add("Max", ["mixture", graph.constant("least_probability", np.float32(1e-30))], "positive_mixture")
        graph.add("Log", ["positive_mixture"], "log_mixture")
        graph.add("Mul", ["log_mixture", graph.constant("sharpness", np.float32(1 / self.temperature))], output)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="../shared/data/clinc150", help="folder with the three CLINC150 files")
    parser.add_argument("--out", type=Path, default=MODELS, help="folder that gets edge/, cloud/ and samples/")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    onnxruntime.jar()
    started = time.time()
    data = IntentData(arguments.data)
    weights = share_weights(np.array(data.validation.labels) == data.out_of_scope, OUT_OF_SCOPE_SHARE)

    texts = data.train.texts + data.unknown_train.texts
    labels = data.train.labels + data.unknown_train.labels
    words = [words_of(text) for text in texts]
    edge_counter = NgramCounter(most_informative(words, labels, 1, 1, EDGE_WORDS))
    cloud_counter = NgramCounter(most_informative(words, labels, 1, 2),
                                 most_informative([chars_of(text) for text in texts], labels, 2, 5, CLOUD_CHARS))

    print("edge", flush=True)
    edge_net = train_bag_net(data, edge_counter, EDGE)
    edge_temperature = fit_temperature(_logits(edge_net, edge_counter, data.validation), data.validation.labels, weights)
    largest = float(bag_hidden(edge_net, [edge_counter.columns(text) for text in texts]).max())
    edge_model = export_edge(arguments.out / "edge/intent/1/model.onnx", edge_net, edge_counter, data.labels,
                             edge_temperature, largest)

    print("cloud", flush=True)
    svm = train_svm(data, cloud_counter, CLOUD_SVM)
    net = train_bag_net(data, cloud_counter, CLOUD_NET)
    rows = [cloud_counter.columns(text) for text in data.validation.texts]
    members = svm.logits(rows), bag_logits(net, rows)
    mixture = Mixture(*(fit_temperature(member, data.validation.labels, weights) for member in members), CLOUD_NET_SHARE)
    mixture.temperature = fit_temperature(mixture.logits(*members), data.validation.labels, weights)
    cloud_model = export_cloud(arguments.out / "cloud/intent/1/model.onnx", svm, net, cloud_counter, data.labels, mixture)

    print("measure", flush=True)
    pairs = {}
    for name, split, weight in (("validation", data.validation, weights), ("test", data.test, None)):
        edge, cloud = (onnxruntime.answers(model, split.texts) for model in (edge_model, cloud_model))
        pairs[name] = Pair(edge, cloud, split.labels, data.out_of_scope, weight)
    parity = {
        "edge": results.gap(pairs["validation"].edge.logits, _logits(edge_net, edge_counter, data.validation) / edge_temperature),
        "cloud": results.gap(pairs["validation"].cloud.logits, mixture.logits(*members)),
    }
    recipe = {
        "edge": {"words": EDGE_WORDS, "net": EDGE.as_dict(), "temperature": edge_temperature},
        "cloud": {"words": len(cloud_counter.word_grams), "chars": len(cloud_counter.char_grams), "net": CLOUD_NET.as_dict(),
                  "svm": CLOUD_SVM.as_dict(), "net_share": CLOUD_NET_SHARE, "net_temperature": mixture.net_temperature,
                  "svm_temperature": mixture.svm_temperature, "temperature": mixture.temperature},
    }
    results.write(arguments.out, "intent", pairs, data.labels, OUT_OF_SCOPE_SHARE, GOAL, recipe, parity)
    results.write_list(arguments.out / "edge/intent/features.txt", [gram[0] for gram in edge_counter.word_grams])
    results.write_gzip(arguments.out / "cloud/intent/features.json.gz",
                       {"words": [list(gram) for gram in cloud_counter.word_grams],
                        "chars": ["".join(gram) for gram in cloud_counter.char_grams]})
    print(f"done in {time.time() - started:.0f} s")


def _logits(net, counter, split):
    return bag_logits(net, [counter.columns(text) for text in split.texts])


if __name__ == "__main__":
    main()
