"""Calibration, and the figures of an edge and a cloud model working together.

The validation splits hold fewer unknown inputs than the traffic to plan for, so every figure chosen there is
weighted to an expected share of unknowns; see share_weights.
"""
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, logsumexp
from sklearn.isotonic import IsotonicRegression


def share_weights(unknown, share):
    """Weights, of mean one, that give unknown examples the stated share of the whole."""
    unknown = np.asarray(unknown, dtype=bool)
    weights = np.where(unknown, share / unknown.mean(), (1 - share) / (1 - unknown.mean()))
    return weights / weights.mean()


def fit_temperature(logits, labels, weights):
    """The T that makes softmax(logits / T) most likely."""
    rows = np.arange(len(labels))

    def loss(log_temperature):
        return -(weights * log_softmax(logits / np.exp(log_temperature), axis=1)[rows, labels]).mean()

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def calibration_error(probabilities, labels, weights, bins=15):
    """Expected calibration error of the top class over equal-width bins."""
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    which = np.minimum((top * bins).astype(int), bins - 1)
    gaps = [abs((weights * (right - top))[which == b].sum()) for b in range(bins)]
    return float(sum(gaps) / weights.sum())


def max_probability(probabilities):
    return probabilities.max(axis=1)


def margin(probabilities):
    best = np.sort(probabilities, axis=1)
    return best[:, -1] - best[:, -2]


SIGNALS = {"max-probability": max_probability, "margin": margin}


def energy(logits, unknown):
    """Log of the sum of exponentials over the known classes: low for inputs unlike any of them."""
    return logsumexp(np.delete(logits, unknown, axis=1), axis=1)


class Pair:
    """What an edge and a cloud model answered to the same labelled examples."""

    def __init__(self, edge, cloud, labels, unknown_class, weights=None):
        self.edge = edge
        self.cloud = cloud
        self.labels = np.asarray(labels)
        self.unknown_class = unknown_class
        self.weights = np.ones(len(labels)) if weights is None else weights
        self.edge_class = edge.logits.argmax(axis=1)
        self.cloud_class = cloud.logits.argmax(axis=1)
        self.unknown = self.labels == unknown_class

    def accuracy(self, answered, among=True):
        return self._mean(answered == self.labels, among)

    def _mean(self, values, among=True):
        weights = self.weights * among
        return float((values * weights).sum() / weights.sum())

    def alone(self, answers):
        answered = answers.logits.argmax(axis=1)
        known = np.delete(answers.logits, self.unknown_class, axis=1).argmax(axis=1)
        return {
            "accuracy": self.accuracy(answered),
            "in_scope_accuracy": self.accuracy(answered, ~self.unknown),
            "in_scope_accuracy_unknown_excluded": self.accuracy(known, ~self.unknown),
            "out_of_scope_recall": self.accuracy(answered, self.unknown),
            "expected_calibration_error": calibration_error(answers.probabilities, self.labels, self.weights),
        }

    def agreement(self):
        return self._mean(self.edge_class == self.cloud_class)

    def forwarded(self, signal, threshold, forward_unknown):
        hard = SIGNALS[signal](self.edge.probabilities) < threshold
        return hard | (self.edge_class == self.unknown_class) if forward_unknown else hard

    def _answered(self, forwarded):
        return np.where(forwarded, self.cloud_class, self.edge_class)

    def cascade(self, signal, threshold, forward_unknown):
        forwarded = self.forwarded(signal, threshold, forward_unknown)
        answered = self._answered(forwarded)
        accuracy = self.accuracy(answered)
        return {
            "accuracy": accuracy,
            "share_of_cloud_accuracy": accuracy / self.accuracy(self.cloud_class),
            "in_scope_accuracy": self.accuracy(answered, ~self.unknown),
            "out_of_scope_recall": self.accuracy(answered, self.unknown),
            "forwarded": self._mean(forwarded),
            "forwarded_in_scope": self._mean(forwarded, ~self.unknown),
            "forwarded_out_of_scope": self._mean(forwarded, self.unknown),
            "agreement_with_cloud": self._mean(answered == self.cloud_class),
            "accuracy_kept_local": self._mean(self.edge_class == self.labels, ~forwarded),
        }

    def curve(self, signal, shares=(0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1)):
        """Accuracy when the least confident share is forwarded."""
        scores = SIGNALS[signal](self.edge.probabilities)
        order = np.argsort(scores, kind="stable")
        reached = np.cumsum(self.weights[order]) / self.weights.sum()
        points = {}
        for share in shares:
            forwarded = np.zeros(len(order), dtype=bool)
            forwarded[order[reached <= share + 1e-9]] = True
            points[f"{share:.2f}"] = self.accuracy(self._answered(forwarded))
        return points

    def choose_threshold(self, signal, goal, forward_unknown):
        """The lowest threshold at which the cascade has the goal's share of the cloud's accuracy.

        Accuracy rises with the threshold but for the noise of a small sample; a rising curve is fitted
        through it, so that neither a lucky nor an unlucky step decides.
        """
        thresholds = np.arange(0, 1.0001, 0.005)
        cloud = self.accuracy(self.cloud_class)
        shares = [self.accuracy(self._answered(self.forwarded(signal, t, forward_unknown))) / cloud for t in thresholds]
        rising = IsotonicRegression().fit_transform(thresholds, shares)
        return round(float(thresholds[np.argmax(rising >= goal)]), 3)


def rounded(value, digits=4):
    """The same structure with its floats rounded, for files that people read."""
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item, digits) for item in value]
    return round(float(value), digits) if isinstance(value, (float, np.floating)) else value
