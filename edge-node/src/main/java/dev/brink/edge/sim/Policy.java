package dev.brink.edge.sim;

/** A way of routing: told of every request when it comes, and answers it some time. */
interface Policy {

  void asked(Ask ask);
}
