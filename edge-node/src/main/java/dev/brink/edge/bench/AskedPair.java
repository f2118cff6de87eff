package dev.brink.edge.bench;

import dev.brink.edge.bench.PacedReplay.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A pair of nodes of which it is known what edge and cloud answer to every question. */
final class AskedPair {

  private final PacedReplay replay;
  private final List<Question> inScope = new ArrayList<>();
  private final List<Question> outOfScope = new ArrayList<>();
  private final SplittableRandom random;

  /** A question, with the cloud's answer to it and what is known of the edge's. */
  record Question(Labelled labelled, String cloudLabel, Hindsight.Known known) {}

  private AskedPair(PacedReplay replay, SplittableRandom random) {
    this.replay = replay;
    this.random = random;
  }

  /** Asks both every question, once. */
  static AskedPair of(
      NodePair nodes, List<Labelled> questions, double rate, SplittableRandom random) {
    PacedReplay replay = new PacedReplay(nodes.edge(), rate);
    AskedPair pair = new AskedPair(replay, random);
    List<Told> edge = replay.ask(questions, "edge");
    List<Told> cloud = replay.ask(questions, "cloud");
    for (int i = 0; i < questions.size(); i++) {
      Labelled labelled = questions.get(i);
      String edgeLabel = edge.get(i).label();
      String cloudLabel = cloud.get(i).label();
      Hindsight.Known known =
          new Hindsight.Known(
              edge.get(i).confidence(), edgeLabel.equals("oos"), edgeLabel.equals(cloudLabel));
      (labelled.outOfScope() ? pair.outOfScope : pair.inScope)
          .add(new Question(labelled, cloudLabel, known));
    }
    return pair;
  }

  /** So many questions, of which about this share is out of scope. */
  Stretch ask(double outOfScopeShare, int count) {
    List<Question> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Question> from = random.nextDouble() < outOfScopeShare ? outOfScope : inScope;
      drawn.add(from.get(random.nextInt(from.size())));
    }
    return new Stretch(drawn, replay.ask(drawn.stream().map(Question::labelled).toList(), "auto"));
  }
}
