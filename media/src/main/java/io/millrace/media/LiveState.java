package io.millrace.media;

/**
 * Where a broadcast is in its life.
 *
 * <pre>
 * STARTING --first sample--> ON_AIR --publisher gone--> INTERRUPTED --grace over--> ENDED
 *                              ^                           |
 *                              +------next publisher-------+
 * </pre>
 *
 * Ending by order leads from everywhere to ENDED; a publisher that leaves in STARTING leads to
 * INTERRUPTED as well.
 */
public enum LiveState {
  STARTING,
  ON_AIR,
  INTERRUPTED,
  ENDED
}
