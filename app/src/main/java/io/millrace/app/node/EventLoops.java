package io.millrace.app.node;

/** How many event loops each listener spreads its connections over. */
final class EventLoops {
  private EventLoops() {}

  /** One for each processor. */
  static int count() {
    return Math.max(1, Runtime.getRuntime().availableProcessors());
  }
}
