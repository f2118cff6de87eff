"""Words, characters and n-grams, exactly as the exported graph computes them; and the choice of n-grams."""
import math
import re
from collections import Counter, defaultdict

MAX_WORDS = 48
MAX_CHARS = 128
# The space is spelled out because RE2's \s, which the graph uses, knows neither \v nor Unicode.
WORD = r"[a-z']+|[0-9]|[^ \t\n\f\ra-z0-9']"
_word = re.compile(WORD)
_ascii_lower = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def words_of(text):
    return _word.findall(text.translate(_ascii_lower))[:MAX_WORDS]


def chars_of(text):
    return list(text.translate(_ascii_lower)[:MAX_CHARS])


def ngrams(tokens, shortest, longest):
    """All n-grams of a token list, as tuples."""
    for length in range(shortest, longest + 1):
        for start in range(len(tokens) - length + 1):
            yield tuple(tokens[start:start + length])


def most_informative(token_lists, labels, shortest, longest, limit=None, min_documents=2):
    """The n-grams whose presence says most about the label.

    Ranked by mutual information; equal scores are ordered by the n-gram itself, so that the list is
    the same in every process. Returned ordered by length, then rank: the order of the model's columns.
    """
    documents = len(labels)
    per_label = Counter(labels)
    present = defaultdict(Counter)
    for tokens, label in zip(token_lists, labels):
        for gram in set(ngrams(tokens, shortest, longest)):
            present[gram][label] += 1
    scored = []
    for gram, counts in present.items():
        total = sum(counts.values())
        if total >= min_documents:
            scored.append((-round(_information(counts, total, per_label, documents), 10), gram))
    scored.sort()
    chosen = [gram for _, gram in scored[:limit]]
    return sorted(chosen, key=len)  # stable: keeps the rank within a length


def _information(counts, total, per_label, documents):
    """Mutual information, in nats, of one n-gram's presence and the label."""
    def term(joint, marginal, label_total):
        return joint / documents * math.log(joint * documents / (marginal * label_total)) if joint else 0.0

    absent = documents - total
    return sum(term(counts.get(label, 0), total, label_total)
               + term(label_total - counts.get(label, 0), absent, label_total)
               for label, label_total in sorted(per_label.items()))


class NgramCounter:
    """Turns a sentence into column indices, one entry per occurrence of a known n-gram."""

    def __init__(self, word_grams, char_grams=()):
        self.word_grams = list(word_grams)
        self.char_grams = list(char_grams)
        self.width = len(self.word_grams) + len(self.char_grams)
        self._words = _Index(self.word_grams, 0)
        self._chars = _Index(self.char_grams, len(self.word_grams))

    def columns(self, text):
        return self._words.columns(words_of(text)) + self._chars.columns(chars_of(text))


class _Index:
    def __init__(self, grams, first):
        self.column = {gram: i for i, gram in enumerate(grams, first)}
        lengths = [len(gram) for gram in grams] or [1]
        self.shortest, self.longest = min(lengths), max(lengths)

    def columns(self, tokens):
        if not self.column:
            return []
        found = (self.column.get(gram) for gram in ngrams(tokens, self.shortest, self.longest))
        return [column for column in found if column is not None]
