package io.millrace.access;

import java.util.Optional;

/**
 * Streams that a token is for: {@code live/cam1}, {@code live/cam-*} (a prefix) or {@code live/*}.
 * The app is always named.
 *
 * @param stream a name, or the start of one when {@code prefix}
 */
record StreamPattern(String app, String stream, boolean prefix) {

  /** Empty when the text is no such pattern; it matches nothing then. */
  static Optional<StreamPattern> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1) {
      return Optional.empty();
    }
    String app = text.substring(0, slash);
    String stream = text.substring(slash + 1);
    boolean prefix = stream.endsWith("*");
    String name = prefix ? stream.substring(0, stream.length() - 1) : stream;
    boolean wellFormed =
        Names.appProblem(app).isEmpty()
            && ((prefix && name.isEmpty()) || Names.streamProblem(name).isEmpty());
    return wellFormed ? Optional.of(new StreamPattern(app, name, prefix)) : Optional.empty();
  }

  boolean matches(String toApp, String toStream) {
    return app.equals(toApp) && (prefix ? toStream.startsWith(stream) : stream.equals(toStream));
  }
}
