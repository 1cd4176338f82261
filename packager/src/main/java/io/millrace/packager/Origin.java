package io.millrace.packager;

import io.vertx.core.Future;

/** Answers requests for playlists and segments of this node's broadcasts. Thread-safe. */
public interface Origin {
  /**
   * Answers one request. Refusals are answers with problem documents; a failed future is a defect.
   *
   * @return completes on the caller's context
   */
  Future<OriginResponse> answer(OriginRequest request);
}
