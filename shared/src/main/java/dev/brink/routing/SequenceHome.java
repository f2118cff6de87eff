package dev.brink.routing;

/**
 * Which of several targets keeps a sequence: the same one for every step, by nothing but the names
 * (weighted rendezvous hashing). When a target comes or goes, only the sequences that it keeps have
 * another home.
 */
final class SequenceHome {

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private SequenceHome() {}

  /** Of the targets that can be reached and may hold {@code model}; null where there is none. */
  static Target of(String sequence, Target[] targets, String model) {
    Target home = null;
    double best = Double.NEGATIVE_INFINITY;
    for (Target target : targets) {
      double score = target.isReachable() && target.mayHold(model) ? score(sequence, target) : -1;
      if (score > best && score >= 0) {
        best = score;
        home = target;
      }
    }
    return home;
  }

  private static double score(String sequence, Target target) {
    return -target.weight() / Math.log(uniform((sequence + '\n' + target.name()).hashCode()));
  }

  /** Between 0 and 1, neither of them. */
  private static double uniform(int hash) {
    long mixed = (hash + GOLDEN) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 31) * 0x94d049bb133111ebL;
    return ((mixed ^ mixed >>> 29) >>> 12 | 1) * 0x1p-52;
  }
}
