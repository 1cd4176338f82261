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
 * Ending by order leads from everywhere to ENDED, and so does a publisher that leaves before the
 * broadcast's first sample; later ones that leave in STARTING lead to INTERRUPTED.
 */
public enum LiveState {
  STARTING,
  ON_AIR,
  INTERRUPTED,
  ENDED
}
