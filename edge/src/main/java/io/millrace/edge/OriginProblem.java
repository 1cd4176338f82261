package io.millrace.edge;

import io.millrace.http.Problem;
import io.vertx.core.http.HttpHeaders;

/**
 * Tells what an origin itself answers from what any web server, or a proxy before the origin,
 * might: an origin's refusals are problem documents of types of its own.
 */
final class OriginProblem {
  private static final int LONGEST = 4096;

  private OriginProblem() {}

  /**
   * Whether an answer is the problem of an origin.
   *
   * @param code its word, as {@link Problem#code}
   */
  static boolean is(UpstreamResponse answer, int status, String code) {
    return answer.status() == status
        && Problem.MEDIA_TYPE.equals(answer.headers().get(HttpHeaders.CONTENT_TYPE))
        && answer.body().length() <= LONGEST
        && answer.body().toString().contains("\"urn:millrace:problem:" + code + "\"");
  }
}
