"""The two kinds of intent classifier: a bag-of-n-grams network and a linear support vector machine."""
import math
from dataclasses import asdict, dataclass

import numpy as np
import scipy.sparse
import torch
from sklearn.svm import LinearSVC

from intent_data import Negatives


@dataclass(frozen=True)
class BagRecipe:
    hidden: int
    epochs: int
    learning_rate: float
    dropout: float
    feature_drop: float
    wiki: int            # negatives per epoch, of each kind
    swapped: int
    unknown_repeat: int  # how often an epoch sees each labelled out-of-scope sentence
    seed: int
    batch: int = 128
    smoothing: float = 0.05
    weight_decay: float = 0.01
    warm_up: float = 0.1

    def as_dict(self):
        return asdict(self)


class BagNet(torch.nn.Module):
    """logits = O . relu(sum of embeddings / sqrt(number of n-grams) + b) + c"""

    def __init__(self, width, labels, recipe):
        super().__init__()
        self.embedding = torch.nn.EmbeddingBag(width, recipe.hidden, mode="sum", sparse=True)
        self.bias = torch.nn.Parameter(torch.zeros(recipe.hidden))
        self.dropout = torch.nn.Dropout(recipe.dropout)
        self.output = torch.nn.Linear(recipe.hidden, labels)
        torch.nn.init.normal_(self.embedding.weight, std=0.1)

    def hidden(self, bags):
        columns, offsets, sizes = bags
        return torch.relu(self.embedding(columns, offsets) / sizes.clamp(min=1).sqrt()[:, None] + self.bias)

    def forward(self, bags):
        return self.output(self.dropout(self.hidden(bags)))


def bags_of(rows, drop=0.0, rng=None):
    """Rows of column indices as one EmbeddingBag input, each index dropped with the given probability."""
    if drop:
        rows = [[c for c, keep in zip(row, rng.random(len(row)) >= drop) if keep] for row in rows]
    sizes = np.array([len(row) for row in rows])
    offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    columns = np.fromiter((c for row in rows for c in row), dtype=np.int64, count=sizes.sum())
    return torch.from_numpy(columns), torch.from_numpy(offsets), torch.from_numpy(sizes).float()


def train_bag_net(data, counter, recipe, log=print):
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    negatives = Negatives(data, rng)
    net = BagNet(counter.width, len(data.labels), recipe)
    sparse = torch.optim.SparseAdam([net.embedding.weight], lr=recipe.learning_rate)
    dense = torch.optim.AdamW([net.bias, *net.output.parameters()], lr=recipe.learning_rate,
                              weight_decay=recipe.weight_decay)
    known = [counter.columns(text) for text in data.train.texts]
    unknown = [counter.columns(text) for text in data.unknown_train.texts] * recipe.unknown_repeat
    rows = len(known) + len(unknown) + recipe.wiki + recipe.swapped
    steps = recipe.epochs * math.ceil(rows / recipe.batch)
    schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warm_up))
                 for optimizer in (sparse, dense)]
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=recipe.smoothing)
    for epoch in range(recipe.epochs):
        drawn = negatives.wiki_windows(recipe.wiki) + negatives.swapped(recipe.swapped)
        inputs = known + unknown + [counter.columns(text) for text in drawn]
        targets = np.array(data.train.labels + [data.out_of_scope] * (len(inputs) - len(known)))
        order = rng.permutation(len(inputs))
        total = 0.0
        for start in range(0, len(order), recipe.batch):
            chosen = order[start:start + recipe.batch]
            bags = bags_of([inputs[i] for i in chosen], recipe.feature_drop, rng)
            loss = loss_of(net(bags), torch.from_numpy(targets[chosen]))
            sparse.zero_grad()
            dense.zero_grad()
            loss.backward()
            sparse.step()
            dense.step()
            for schedule in schedules:
                schedule.step()
            total += loss.item() * len(chosen)
        log(f"  epoch {epoch + 1}/{recipe.epochs}: loss {total / len(order):.4f}")
    return net.eval()


def _rate(step, steps, warm_up):
    done = step / steps
    return done / warm_up if done < warm_up else max(0.02, (1 - done) / (1 - warm_up))


@torch.no_grad()
def bag_logits(net, rows):
    return torch.cat([net(bags_of(rows[i:i + 512])) for i in range(0, len(rows), 512)]).numpy()


@torch.no_grad()
def bag_hidden(net, rows):
    return torch.cat([net.hidden(bags_of(rows[i:i + 512])) for i in range(0, len(rows), 512)]).numpy()


@dataclass(frozen=True)
class SvmRecipe:
    cost: float
    wiki: int
    swapped: int
    seed: int

    def as_dict(self):
        return asdict(self)


class Svm:
    """One-against-rest linear SVM on binary tf-idf of unit length."""

    def __init__(self, idf, weight, bias):
        self.idf = idf        # [width]
        self.weight = weight  # [width, labels]
        self.bias = bias      # [labels]

    def logits(self, rows):
        return _tf_idf(rows, self.idf) @ self.weight + self.bias


def train_svm(data, counter, recipe):
    negatives = Negatives(data, np.random.default_rng(recipe.seed))
    drawn = negatives.wiki_windows(recipe.wiki) + negatives.swapped(recipe.swapped)
    rows = [counter.columns(text) for text in data.train.texts + data.unknown_train.texts + drawn]
    targets = data.train.labels + [data.out_of_scope] * (len(rows) - len(data.train))
    present = np.zeros(counter.width)
    for row in rows:
        present[list(set(row))] += 1
    idf = (np.log((1 + len(rows)) / (1 + present)) + 1).astype(np.float32)
    svm = LinearSVC(C=recipe.cost, random_state=recipe.seed)
    svm.fit(_tf_idf(rows, idf), targets)
    return Svm(idf, svm.coef_.T.astype(np.float32), svm.intercept_.astype(np.float32))


def _tf_idf(rows, idf):
    columns = [sorted(set(row)) for row in rows]
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in columns])])
    flat = np.fromiter((c for row in columns for c in row), dtype=np.int64, count=offsets[-1])
    matrix = scipy.sparse.csr_matrix((idf[flat], flat, offsets), shape=(len(rows), len(idf)))
    length = np.sqrt(matrix.multiply(matrix).sum(axis=1)).A1
    return (scipy.sparse.diags(1 / np.maximum(length, 1e-12)) @ matrix).tocsr().astype(np.float32)
