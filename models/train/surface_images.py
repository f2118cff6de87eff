"""Pictures of brushed metal with and without defects, drawn from a seed.

Every picture has a faintness between 0 (plain to see) and 1 (all but invisible): it lowers the contrast of the
defect and raises the noise, so that what is hard is known by construction. Kinds outside the eight classes stand for the unknown;
those seen in training, in validation and in the test are three different sets.
"""
import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

SIZE = 48
UNKNOWN = "unknown"
_y, _x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)


def draw(kind, faintness, rng):
    """One uint8 picture [SIZE, SIZE]."""
    contrast = 0.27 - 0.225 * faintness
    picture = _metal(rng) + _wear(rng)
    mark = KINDS[kind](rng)
    picture = picture + contrast * rng.uniform(0.8, 1.2) * mark
    picture += rng.normal(0, 0.015 + 0.045 * faintness, (SIZE, SIZE))
    return np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)


def faintness_of(rng):
    return float(rng.beta(1.2, 1.6))


# --- the ground -----------------------------------------------------------------------------------------------------

def _metal(rng):
    level = rng.uniform(0.42, 0.62)
    brushed = gaussian_filter1d(rng.normal(0, 1, (SIZE, SIZE)), rng.uniform(4, 9), axis=1)
    brushed *= rng.uniform(0.015, 0.04) / brushed.std()
    cloudy = gaussian_filter(rng.normal(0, 1, (SIZE, SIZE)), rng.uniform(8, 14))
    cloudy *= rng.uniform(0.01, 0.03) / cloudy.std()
    light = rng.uniform(-0.06, 0.06) * (_x / SIZE - 0.5) + rng.uniform(-0.06, 0.06) * (_y / SIZE - 0.5)
    return level + brushed + cloudy + light


def _wear(rng):
    """Harmless marks that any sheet may bear: dust, rubbing along the brushing, shadows of handling."""
    wear = np.zeros((SIZE, SIZE))
    for _ in range(rng.poisson(1.2)):
        x, y = rng.uniform(0, SIZE, 2)
        wear += rng.uniform(-0.1, 0.1) * np.exp(-((_x - x) ** 2 + (_y - y) ** 2) / rng.uniform(0.8, 1.6) ** 2)
    for _ in range(rng.poisson(0.8)):
        (x, y), half = rng.uniform(0, SIZE, 2), rng.uniform(4, 16)
        wear += rng.uniform(-0.05, 0.05) * _segments([(x - half, y), (x + half, y + rng.uniform(-1, 1))], rng.uniform(0.6, 1.4))
    if rng.random() < 0.5:
        (x, y), radius = rng.uniform(0, SIZE, 2), rng.uniform(5, 12)
        wear += rng.uniform(-0.06, 0.06) * np.exp(-((_x - x) ** 2 + (_y - y) ** 2) / (2 * radius ** 2))
    return wear


# --- building blocks: fields of 0 to 1 ------------------------------------------------------------------------------

def _near(rng, border=10):
    return rng.uniform(border, SIZE - border, 2)


def _segments(points, width):
    """A soft line of the given half-width through the points."""
    nearest = np.full((SIZE, SIZE), np.inf, dtype=np.float32)
    for (ax, ay), (bx, by) in zip(points[:-1], points[1:]):
        dx, dy = bx - ax, by - ay
        along = np.clip(((_x - ax) * dx + (_y - ay) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
        nearest = np.minimum(nearest, (_x - ax - along * dx) ** 2 + (_y - ay - along * dy) ** 2)
    return np.exp(-nearest / width ** 2)


def _turned(cx, cy, angle):
    return (_x - cx) * np.cos(angle) + (_y - cy) * np.sin(angle), (_y - cy) * np.cos(angle) - (_x - cx) * np.sin(angle)


def _blob(rng, radius, roughness):
    """Signed distance, roughly in pixels, to the outline of an irregular blob; negative inside."""
    cx, cy = _near(rng, 12)
    u, v = _turned(cx, cy, rng.uniform(0, np.pi))
    stretch = rng.uniform(0.7, 1.4)
    wobble = gaussian_filter(rng.normal(0, 1, (SIZE, SIZE)), 3)
    return np.hypot(u * stretch, v / stretch) - radius + roughness * wobble / wobble.std()


def _inside(distance, softness):
    return 1 / (1 + np.exp(np.clip(distance / softness, -30, 30)))


def _polygon(rng, corners, sharpness=1.0):
    """A star-shaped polygon; sharpness below 1 pulls every other corner inwards."""
    cx, cy = _near(rng, 14)
    radius, turn = rng.uniform(7, 13), rng.uniform(0, 2 * np.pi)
    angles = turn + 2 * np.pi * np.arange(corners) / corners
    radii = radius * np.where(np.arange(corners) % 2, sharpness, 1)
    px, py = cx + radii * np.cos(angles), cy + radii * np.sin(angles)
    inside = np.zeros((SIZE, SIZE), dtype=bool)
    for i in range(corners):
        j = i - 1
        crosses = (py[i] > _y) != (py[j] > _y)
        inside ^= crosses & (_x < (px[j] - px[i]) * (_y - py[i]) / (py[j] - py[i] + 1e-9) + px[i])
    return inside.astype(np.float32)


def _either_way(rng, mark):
    return mark if rng.random() < 0.5 else -mark


# --- the classes ----------------------------------------------------------------------------------------------------

def _ok(rng):
    return np.zeros((SIZE, SIZE))


def _scratch(rng):
    mark = np.zeros((SIZE, SIZE))
    angle = rng.uniform(0, np.pi)
    for _ in range(int(rng.integers(1, 3))):
        (cx, cy), half, bend = _near(rng), rng.uniform(8, 20), rng.uniform(-2, 2)
        steps = np.linspace(-1, 1, 6)
        x = cx + half * steps * np.cos(angle) - bend * (1 - steps ** 2) * np.sin(angle)
        y = cy + half * steps * np.sin(angle) + bend * (1 - steps ** 2) * np.cos(angle)
        mark = np.maximum(mark, _segments(list(zip(x, y)), rng.uniform(0.6, 1.1)))
    return mark


def _pits(rng):
    mark = np.zeros((SIZE, SIZE))
    (cx, cy), spread = _near(rng, 14), rng.uniform(5, 11)
    for _ in range(int(rng.integers(4, 12))):
        x, y = np.clip(rng.normal((cx, cy), spread), 2, SIZE - 3)
        mark = np.maximum(mark, np.exp(-((_x - x) ** 2 + (_y - y) ** 2) / rng.uniform(0.9, 1.7) ** 2))
    return -mark


def _crack(rng):
    def walk(start, angle, steps):
        points = [start]
        for _ in range(steps):
            angle += rng.normal(0, 0.55)
            length = rng.uniform(2, 4.5)
            points.append((points[-1][0] + length * np.cos(angle), points[-1][1] + length * np.sin(angle)))
        return points, angle

    trunk, angle = walk(tuple(_near(rng, 8)), rng.uniform(0, 2 * np.pi), int(rng.integers(6, 11)))
    mark = _segments(trunk, rng.uniform(0.6, 1.0))
    if rng.random() < 0.7:
        branch, _ = walk(trunk[len(trunk) // 2], angle + rng.choice([-1, 1]) * rng.uniform(0.6, 1.3), int(rng.integers(2, 5)))
        mark = np.maximum(mark, _segments(branch, 0.6))
    return -mark


def _stain(rng):
    return -0.55 * _inside(_blob(rng, rng.uniform(7, 13), 1.6), rng.uniform(1.8, 3.2))


def _patch(rng):
    inside = _inside(_blob(rng, rng.uniform(6, 11), 1.4), 0.35)
    grain = gaussian_filter(rng.normal(0, 1, (SIZE, SIZE)), 0.7)
    return inside * (0.45 + 0.3 * grain / grain.std()) * rng.choice([-1, 1])


def _dent(rng):
    (cx, cy), radius, light = _near(rng, 13), rng.uniform(4, 8), rng.uniform(-0.5, 0.5) + np.pi / 2
    u, _ = _turned(cx, cy, light)
    bowl = np.exp(-((_x - cx) ** 2 + (_y - cy) ** 2) / (2 * radius ** 2))
    return 1.3 * u / radius * bowl


def _scale(rng):
    mark = np.zeros((SIZE, SIZE))
    (cx, cy), spread = _near(rng, 14), rng.uniform(6, 11)
    for _ in range(int(rng.integers(6, 14))):
        x, y = rng.normal((cx, cy), (spread, spread * 0.7))
        half, tilt = rng.uniform(1.5, 4), rng.normal(0, 0.2)
        mark = np.maximum(mark, _segments([(x - half, y - half * tilt), (x + half, y + half * tilt)], rng.uniform(0.8, 1.4)))
    return -0.8 * mark


# --- the unknown ----------------------------------------------------------------------------------------------------

def _facets(rng):
    return _either_way(rng, _polygon(rng, int(rng.integers(3, 6))))


def _star(rng):
    return _either_way(rng, _polygon(rng, 2 * int(rng.integers(4, 7)), 0.45))


def _cross(rng):
    (cx, cy), arm, turn = _near(rng, 14), rng.uniform(6, 12), rng.uniform(0, np.pi)
    bars = [[(cx - arm * np.cos(a), cy - arm * np.sin(a)), (cx + arm * np.cos(a), cy + arm * np.sin(a))] for a in (turn, turn + np.pi / 2)]
    return _either_way(rng, np.maximum(*(_segments(bar, rng.uniform(1.5, 3)) for bar in bars)))


def _checks(rng):
    u, v = _turned(*_near(rng), rng.uniform(0, np.pi))
    cell = rng.uniform(4, 8)
    board = (np.floor(u / cell) + np.floor(v / cell)) % 2 - 0.5
    return board * _inside(np.hypot(u, v) - rng.uniform(12, 40), 0.5)


def _zigzag(rng):
    (cx, cy), turn = _near(rng, 14), rng.uniform(0, np.pi)
    step, swing = rng.uniform(4, 7), rng.uniform(4, 8)
    teeth = int(rng.integers(4, 7))
    u = step * (np.arange(teeth) - teeth / 2)
    v = swing * ((np.arange(teeth) % 2) - 0.5)
    points = list(zip(cx + u * np.cos(turn) - v * np.sin(turn), cy + u * np.sin(turn) + v * np.cos(turn)))
    return _either_way(rng, _segments(points, rng.uniform(1.0, 2.2)))


def _glare(rng):
    (cx, cy), radius = _near(rng, 12), rng.uniform(5, 12)
    return 1.8 * np.exp(-((_x - cx) ** 2 + (_y - cy) ** 2) / (2 * radius ** 2))


def _jigsaw(rng):
    """A defect cut into tiles and laid out anew."""
    mark = KINDS[rng.choice(["scratch", "crack", "stain", "patch", "dent", "scale"])](rng)
    tile = int(rng.choice([8, 12, 16]))
    side = SIZE // tile
    tiles = mark.reshape(side, tile, side, tile).swapaxes(1, 2).reshape(-1, tile, tile)
    edges = rng.normal(0, 0.35, (side * side, 1, 1))
    return (tiles + edges)[rng.permutation(side * side)].reshape(side, side, tile, tile).swapaxes(1, 2).reshape(SIZE, SIZE)


def _static(rng):
    noise = gaussian_filter(rng.normal(0, 1, (SIZE, SIZE)), rng.uniform(0, 2.5))
    return 0.7 * noise / noise.std()


def _islands(rng):
    noise = gaussian_filter(rng.normal(0, 1, (SIZE, SIZE)), rng.uniform(2, 5))
    return _either_way(rng, (noise > rng.uniform(-0.3, 0.8) * noise.std()).astype(np.float32))


def _half(rng):
    u, _ = _turned(*_near(rng, 14), rng.uniform(0, 2 * np.pi))
    return (u > 0) - 0.5


def _negative(rng):
    """A defect with light and dark exchanged."""
    return -KINDS[rng.choice(["scratch", "pits", "crack", "stain", "scale"])](rng)


def _enlarged(rng):
    """A defect far too large."""
    mark = KINDS[rng.choice(["scratch", "pits", "crack", "patch", "scale"])](rng)
    left, top = rng.integers(6, 18, 2)
    return np.kron(mark[top:top + 24, left:left + 24], np.ones((2, 2)))


def _scribble(rng):
    t = np.linspace(0, 2 * np.pi, 40)
    def course():
        return rng.uniform(16, 32) + sum(rng.normal(0, 9 / k) * np.cos(k * t + rng.uniform(0, 6)) for k in (1, 2, 3))

    return _either_way(rng, _segments(list(zip(course(), course())), rng.uniform(0.8, 2.2)))


def _blocks(rng):
    mark = np.zeros((SIZE, SIZE))
    for _ in range(int(rng.integers(2, 6))):
        (cx, cy), (half_width, half_height) = _near(rng, 4), rng.uniform(2, 8, 2)
        mark[(abs(_x - cx) < half_width) & (abs(_y - cy) < half_height)] = rng.uniform(-1, 1)
    return mark


def _rays(rng):
    (cx, cy), arms, turn = _near(rng, 16), int(rng.integers(3, 9)), rng.uniform(0, 6)
    mark = np.zeros((SIZE, SIZE))
    for angle in turn + 2 * np.pi * np.arange(arms) / arms:
        reach = rng.uniform(6, 16)
        mark = np.maximum(mark, _segments([(cx, cy), (cx + reach * np.cos(angle), cy + reach * np.sin(angle))], rng.uniform(0.7, 1.6)))
    return _either_way(rng, mark)


def _spiral(rng):
    (cx, cy), phase = _near(rng, 18), rng.uniform(0, 2 * np.pi)
    t = np.linspace(0.6, rng.uniform(8, 13), 36)
    r = rng.uniform(0.9, 1.3) * t
    return _either_way(rng, _segments(list(zip(cx + r * np.cos(t + phase), cy + r * np.sin(t + phase))), rng.uniform(0.9, 1.6)))


def _dots(rng):
    u, v = _turned(*_near(rng), rng.uniform(0, np.pi))
    pitch = rng.uniform(6, 10)
    lattice = np.hypot((u + pitch / 2) % pitch - pitch / 2, (v + pitch / 2) % pitch - pitch / 2)
    return _either_way(rng, _inside(lattice - pitch * rng.uniform(0.2, 0.3), 0.4))


def _arrow(rng):
    (cx, cy), turn, length = _near(rng, 16), rng.uniform(0, 2 * np.pi), rng.uniform(8, 14)
    tip = cx + length * np.cos(turn), cy + length * np.sin(turn)
    mark = _segments([(cx - length * np.cos(turn), cy - length * np.sin(turn)), tip], 1.5)
    for side in (turn + 2.5, turn - 2.5):
        mark = np.maximum(mark, _segments([tip, (tip[0] + 7 * np.cos(side), tip[1] + 7 * np.sin(side))], 1.5))
    return _either_way(rng, mark)


def _hole(rng):
    (cx, cy), radius = _near(rng, 14), rng.uniform(4, 10)
    return -1.3 * _inside(np.hypot(_x - cx, _y - cy) - radius, 0.4)


def _ring(rng):
    (cx, cy), radius = _near(rng, 16), rng.uniform(6, 13)
    return _either_way(rng, np.exp(-(np.hypot(_x - cx, _y - cy) - radius) ** 2 / rng.uniform(1, 2.2) ** 2))


def _stripes(rng):
    u, _ = _turned(0, 0, rng.uniform(0, np.pi))
    return 0.6 * np.sin(2 * np.pi * u / rng.uniform(5, 12) + rng.uniform(0, 6))


_GLYPHS = ["111101101101111", "010110010010111", "111001111100111", "111001111001111", "101101111001001", "111100111001111",
           "111101111101101", "110101110101110", "111100110100111", "101101111101101", "111010010010010", "101101010101101"]


def _text(rng):
    mark = np.zeros((SIZE, SIZE))
    pixel, letters = int(rng.integers(2, 4)), int(rng.integers(2, 5))
    width = 4 * pixel
    left, top = int(rng.integers(1, max(2, SIZE - letters * width))), int(rng.integers(2, SIZE - 5 * pixel - 2))
    for i in range(letters):
        glyph = np.array([int(bit) for bit in _GLYPHS[int(rng.integers(len(_GLYPHS)))]]).reshape(5, 3)
        block = np.kron(glyph, np.ones((pixel, pixel)))[:, :max(0, SIZE - left - i * width)]
        mark[top:top + 5 * pixel, left + i * width:left + i * width + block.shape[1]] = block
    return _either_way(rng, mark)


CLASSES = {"ok": _ok, "scratch": _scratch, "pits": _pits, "crack": _crack, "stain": _stain, "patch": _patch, "dent": _dent,
           "scale": _scale}
UNKNOWN_IN_TRAINING = {"facets": _facets, "star": _star, "cross": _cross, "checks": _checks, "zigzag": _zigzag, "glare": _glare,
                       "jigsaw": _jigsaw, "static": _static, "islands": _islands, "half": _half, "negative": _negative,
                       "enlarged": _enlarged, "scribble": _scribble, "blocks": _blocks, "rays": _rays}
UNKNOWN_IN_VALIDATION = {"spiral": _spiral, "dots": _dots, "arrow": _arrow}
UNKNOWN_IN_TEST = {"hole": _hole, "ring": _ring, "stripes": _stripes, "text": _text}
KINDS = CLASSES | UNKNOWN_IN_TRAINING | UNKNOWN_IN_VALIDATION | UNKNOWN_IN_TEST
LABELS = [*CLASSES, UNKNOWN]


class Pictures:
    """A drawn set; picture i depends on the seed and i alone."""

    FAINTEST_UNKNOWN = 0.7  # beyond it, an unknown mark is no different from a clean sheet

    def __init__(self, seed, known, unknown, unknown_kinds):
        self.images = np.empty((known + unknown, SIZE, SIZE, 1), dtype=np.uint8)
        self.labels = np.empty(known + unknown, dtype=np.int64)
        self.faintness = np.empty(known + unknown, dtype=np.float32)
        self.kinds = []
        for i in range(known + unknown):
            rng = np.random.default_rng([seed, i])
            kinds = list(CLASSES) if i < known else list(unknown_kinds)
            kind = kinds[i % len(kinds)]
            faintness = faintness_of(rng) * (1 if i < known else self.FAINTEST_UNKNOWN)
            self.images[i, :, :, 0] = draw(kind, faintness, rng)
            self.labels[i] = LABELS.index(kind) if i < known else LABELS.index(UNKNOWN)
            self.faintness[i] = faintness
            self.kinds.append(kind)

    def __len__(self):
        return len(self.labels)
