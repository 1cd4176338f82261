package io.millrace.edge;

/** Another node's origin does not serve this edge: it wants another {@code origin.sharedSecret}. */
public final class OriginRefusesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final String WORDS = "the origin refuses this edge: it has another origin.sharedSecret";

  OriginRefusesException() {
    super(WORDS, null, false, false);
  }
}
