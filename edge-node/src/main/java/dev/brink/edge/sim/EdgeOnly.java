package dev.brink.edge.sim;

/** Never asks the cloud. */
final class EdgeOnly implements Policy {

  private final World world;

  EdgeOnly(World world) {
    this.world = world;
  }

  @Override
  public void asked(Ask ask) {
    world.runEdge(took -> ask.answer(world.time().nanos(), false, false));
  }
}
