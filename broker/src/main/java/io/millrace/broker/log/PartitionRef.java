package io.millrace.broker.log;

/**
 * One partition of one generation of a namespace's log, or of its companion, which has no
 * generations and is called by {@link #COMPANION}.
 */
public record PartitionRef(String namespace, int generation, int partition) {
  /** In the place of a generation: the compacted companion {@code {ns}.last}. */
  public static final int COMPANION = 0;

  /** A partition of a namespace's companion. */
  public static PartitionRef ofCompanion(String namespace, int partition) {
    return new PartitionRef(namespace, COMPANION, partition);
  }

  public boolean isOfCompanion() {
    return generation == COMPANION;
  }
}
