"""Load CLINC150, check it, and draw out-of-scope negatives for training."""
import hashlib
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from intent_features import words_of

UPSTREAM = "https://github.com/clinc/oos-eval"
COMMIT = "828f8093932c8fe6ca7936c3d2e52903b1c523de"
OUT_OF_SCOPE = "oos"
SHA256 = {
    "data_oos_plus.json": "bfcca9ae515623541dc1983c94c4ed7cae9d26b42ae47d74b972e51bb6f7a21f",
    "all_wiki_sents.txt": "570704f8120d13d27dda90d116a0b2365e121139f72c2967b65f55465ebfad44",
    "domains.json": "b947b579d3b8e74b06f93b01083d8efaff2888b43a3e362533bd88a6e1211b3a",
}


class Split:
    """Sentences with label indices; the last label is out of scope."""

    def __init__(self, texts, labels):
        self.texts = texts
        self.labels = labels

    def __len__(self):
        return len(self.texts)


class IntentData:
    def __init__(self, folder):
        folder = Path(folder)
        check_files(folder)
        raw = json.loads((folder / "data_oos_plus.json").read_text(encoding="utf-8"))
        domains = json.loads((folder / "domains.json").read_text(encoding="utf-8"))
        self.labels = sorted(intent for intents in domains.values() for intent in intents)
        self.labels.append(OUT_OF_SCOPE)
        index = {label: i for i, label in enumerate(self.labels)}
        self.out_of_scope = index[OUT_OF_SCOPE]
        self.train = _split(raw["train"], index)
        self.unknown_train = _split(raw["oos_train"], index)
        self.validation = _split(raw["val"] + raw["oos_val"], index)
        self.test = _split(raw["test"] + raw["oos_test"], index)
        self.wiki = (folder / "all_wiki_sents.txt").read_text(encoding="utf-8").splitlines()


def check_files(folder):
    """Stop with a useful message unless every input is the file the recipe was measured on."""
    problems = []
    for name, expected in SHA256.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{path}: missing")
            continue
        actual = hashlib.sha256(path.read_bytes()).hexdigest()
        if actual != expected:
            problems.append(f"{path}: sha256 {actual} (expected: {expected})")
    if problems:
        sys.exit("\n".join(problems) + f"\nTake the files from the folder data/ of {UPSTREAM} at commit {COMMIT}"
                 "\nand name their folder with --data PATH.")


def _split(pairs, index):
    return Split([text for text, _ in pairs], [index[label] for _, label in pairs])


class Negatives:
    """Sentences that belong to no intent, drawn anew for every epoch.

    Two kinds: windows of encyclopaedia text, which are far from every intent, and in-scope
    sentences robbed of the words that give their intent away, which are near to one.
    """

    COMMON = 400  # a word seen this often carries grammar, not intent
    RARE = 5

    def __init__(self, data, rng):
        self.rng = rng
        self.sentences = [words_of(text) for text in data.train.texts]
        self.wiki = [line.lower().split() for line in data.wiki]
        self.wiki = [words for words in self.wiki if len(words) >= 4]
        count = Counter(word for words in self.sentences for word in words)
        by_label = defaultdict(Counter)
        for words, label in zip(self.sentences, data.train.labels):
            by_label[label].update(words)
        self.telling = defaultdict(float)
        for counter in by_label.values():
            for word, n in counter.items():
                if count[word] < self.COMMON:
                    self.telling[word] = max(self.telling[word], n / count[word])
        self.rare = sorted(word for word, n in count.items() if n <= self.RARE)

    def wiki_windows(self, n):
        windows = []
        for line in self.rng.integers(len(self.wiki), size=n):
            words = self.wiki[line]
            length = min(len(words), int(self.rng.integers(4, 15)))
            start = int(self.rng.integers(len(words) - length + 1))
            windows.append(" ".join(words[start:start + length]))
        return windows

    def swapped(self, n):
        sentences = []
        for line in self.rng.integers(len(self.sentences), size=n):
            words = list(self.sentences[line])
            share = self.rng.uniform(0.3, 0.5)
            places = sorted(range(len(words)), key=lambda i: (-self.telling[words[i]], i))
            for place in places[:max(1, round(share * len(words)))]:
                words[place] = self.rare[int(self.rng.integers(len(self.rare)))]
            sentences.append(" ".join(words))
        return sentences
