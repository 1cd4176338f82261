package io.millrace.client;

import org.jspecify.annotations.Nullable;

/** A request that waits for its answer, and what the server may know of it. */
final class OpenRequest {
  private final long number;
  private final Request request;
  private boolean isUnderWay;

  /** Whether it was under way on a connection that was lost, so that it may have been done. */
  private boolean isDoubtful;

  private @Nullable MillraceException refusal;

  /**
   * @param number in the order in which they were asked
   */
  OpenRequest(long number, Request request) {
    this.number = number;
    this.request = request;
  }

  long number() {
    return number;
  }

  Request request() {
    return request;
  }

  /** Whether a connection was given it and has not answered. */
  boolean isUnderWay() {
    return isUnderWay;
  }

  void sent() {
    isUnderWay = true;
  }

  void refused(MillraceException reason) {
    isUnderWay = false;
    refusal = reason;
  }

  void connectionLost() {
    isDoubtful |= isUnderWay;
    isUnderWay = false;
  }

  /**
   * What is to be said of it when its time is over.
   *
   * @param unsent why, if no server was ever given it
   */
  MillraceException late(MillraceException unsent) {
    if (isUnderWay || isDoubtful) {
      return new MillraceException(
          MillraceException.TIMEOUT, "no answer came in time; whether it was done is not known");
    }
    return refusal == null ? unsent : refusal;
  }
}
