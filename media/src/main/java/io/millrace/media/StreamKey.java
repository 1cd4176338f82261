package io.millrace.media;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The permanent address of a stream. An app's name is globally unique, so app and stream name one
 * stream without the tenant.
 *
 * @param app {@code [a-z0-9-]{1,63}}, none of the reserved {@code vod}, {@code b}, {@code api}
 * @param stream {@code [A-Za-z0-9._~-]{1,128}}, neither {@code .} nor {@code ..}
 */
public record StreamKey(String app, String stream) implements Comparable<StreamKey> {
  private static final Pattern APP = Pattern.compile("[a-z0-9-]{1,63}");
  private static final Pattern STREAM = Pattern.compile("[A-Za-z0-9._~-]{1,128}");
  private static final Set<String> RESERVED_APPS = Set.of("vod", "b", "api");

  /**
   * @throws IllegalArgumentException with words for the user, when a name is not allowed
   */
  public StreamKey {
    appProblem(app)
        .or(() -> streamProblem(stream))
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  /** What is wrong with an app's name, in words for the user; empty when it is fine. */
  public static Optional<String> appProblem(String app) {
    if (!APP.matcher(app).matches()) {
      return Optional.of("an app's name has 1 to 63 of a-z, 0-9 and '-', not " + quoted(app));
    }
    return RESERVED_APPS.contains(app)
        ? Optional.of("the app's name '" + app + "' is reserved")
        : Optional.empty();
  }

  /** What is wrong with a stream's name, in words for the user; empty when it is fine. */
  public static Optional<String> streamProblem(String stream) {
    return STREAM.matcher(stream).matches() && !stream.equals(".") && !stream.equals("..")
        ? Optional.empty()
        : Optional.of(
            "a stream's name has 1 to 128 of A-Z, a-z, 0-9, '.', '_', '~' and '-', not "
                + quoted(stream));
  }

  private static String quoted(String name) {
    String shown = name.length() > 40 ? name.substring(0, 40) + "…" : name;
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
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
