package io.millrace.media;

import io.millrace.access.Names;

/**
 * The permanent address of a stream. An app's name is globally unique, so app and stream name one
 * stream without the tenant.
 *
 * @param app as {@link Names#appProblem} allows
 * @param stream as {@link Names#streamProblem} allows
 */
public record StreamKey(String app, String stream) implements Comparable<StreamKey> {
  /**
   * @throws IllegalArgumentException with words for the user, when a name is not allowed
   */
  public StreamKey {
    Names.appProblem(app)
        .or(() -> Names.streamProblem(stream))
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  @Override
  public int compareTo(StreamKey other) {
    int byApp = app.compareTo(other.app);
    return byApp != 0 ? byApp : stream.compareTo(other.stream);
  }

  /** {@code app/stream}. */
  @Override
  public String toString() {
    return app + "/" + stream;
  }
}
