package io.millrace.edge;

/** Another node's origin does not serve this edge: it wants another {@code origin.sharedSecret}. */
public final class OriginRefusesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OriginRefusesException() {
    super("the origin refuses this edge: it has another origin.sharedSecret", null, false, false);
  }
}
