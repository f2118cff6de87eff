"""The two surface classifiers: four plain convolutions for the edge, a small residual network for the cloud."""
import math
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import nn


@dataclass(frozen=True)
class Recipe:
    epochs: int
    learning_rate: float
    seed: int
    batch: int = 64
    smoothing: float = 0.02
    weight_decay: float = 0.01
    warm_up: float = 0.1

    def as_dict(self):
        return asdict(self)


ZERO_POINT = 128   # a pixel p enters the network as (p - 128) / 64
PIXEL_SCALE = 1 / 64


def tensor_of(images):
    """uint8 pictures [n, h, w, 1] as the float input [n, 1, h, w] of a network."""
    return ((torch.from_numpy(images).float() - ZERO_POINT) * PIXEL_SCALE).permute(0, 3, 1, 2)


class Convolution(nn.Sequential):
    def __init__(self, before, after, stride=1, size=3):
        super().__init__(nn.Conv2d(before, after, size, stride, size // 2, bias=False), nn.BatchNorm2d(after))

    def folded(self):
        """Weight and bias of the one convolution that does the work of both layers."""
        convolution, norm = self
        factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = convolution.weight * factor[:, None, None, None]
        return weight.detach().numpy(), (norm.bias - norm.running_mean * factor).detach().numpy()


class EdgeNet(nn.Module):
    def __init__(self, classes, widths=(16, 24, 32, 48), strides=(2, 2, 2, 1)):
        super().__init__()
        self.convolutions = nn.ModuleList(
            Convolution(before, after, stride) for before, after, stride in zip((1, *widths), widths, strides))
        self.strides = strides
        self.output = nn.Linear(2 * widths[-1], classes)

    def activations(self, x):
        steps = []
        for convolution in self.convolutions:
            x = torch.relu(convolution(x))
            steps.append(x)
        return steps

    def forward(self, x):
        x = self.activations(x)[-1]
        return self.output(torch.cat([x.mean((2, 3)), x.amax((2, 3))], dim=1))


class Block(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.first = Convolution(before, after, stride)
        self.second = Convolution(after, after)
        self.shortcut = Convolution(before, after, stride, size=1)

    def forward(self, x):
        return torch.relu(self.second(torch.relu(self.first(x))) + self.shortcut(x))


class CloudNet(nn.Module):
    def __init__(self, classes, stem=16, widths=(24, 48, 96), strides=(2, 2, 2)):
        super().__init__()
        self.stem = Convolution(1, stem)
        self.blocks = nn.ModuleList(
            Block(before, after, stride) for before, after, stride in zip((stem, *widths), widths, strides))
        self.dropout = nn.Dropout(0.2)
        self.output = nn.Linear(2 * widths[-1], classes)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        for block in self.blocks:
            x = block(x)
        return self.output(self.dropout(torch.cat([x.mean((2, 3)), x.amax((2, 3))], dim=1)))


def train(net, pictures, recipe, log=print):
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    for layer in net.modules():  # anew, so that the seed decides however the network was made
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    optimizer = torch.optim.AdamW(net.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    steps = recipe.epochs * (len(pictures) // recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / steps, recipe.warm_up))
    loss_of = nn.CrossEntropyLoss(label_smoothing=recipe.smoothing)
    net.train()
    for epoch in range(recipe.epochs):
        order = rng.permutation(len(pictures))
        total = 0.0
        for start in range(0, len(order) - recipe.batch + 1, recipe.batch):
            chosen = order[start:start + recipe.batch]
            images = _mirrored(pictures.images[chosen], rng)
            loss = loss_of(net(tensor_of(images)), torch.from_numpy(pictures.labels[chosen]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * recipe.batch
        log(f"  epoch {epoch + 1}/{recipe.epochs}: loss {total / len(order):.4f}")
    return net.eval()


def _rate(done, warm_up):
    return done / warm_up if done < warm_up else max(0.01, (1 + math.cos(math.pi * (done - warm_up) / (1 - warm_up))) / 2)


def _mirrored(images, rng):
    """Left and right are alike to every class; up and down are not, for light falls from one side on a dent."""
    images = images.copy()
    flip = rng.random(len(images)) < 0.5
    images[flip] = images[flip][:, :, ::-1]
    return images


@torch.no_grad()
def logits_of(net, images):
    return torch.cat([net(tensor_of(images[i:i + 256])) for i in range(0, len(images), 256)]).numpy()
