package io.millrace.ingest.rtmp;

import io.millrace.media.InputRole;
import io.millrace.media.StreamKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a publisher wants to publish, taken from the three places where encoders put the parts of
 * {@code rtmp://host/app/stream?key=…}: {@code connect}'s app and tcUrl, {@code publish}'s name.
 *
 * @param input which of the stream's inputs it is, by {@code backup} of the query
 * @param parameters of the query, without the key
 */
record PublishAddress(
    StreamKey stream, InputRole input, Optional<String> key, Map<String, String> parameters) {
  private static final int MAX_LENGTH = 4096;
  private static final String KEY = "key";
  private static final String BACKUP = "backup";
  private static final Pattern OPTIONS = Pattern.compile(" +[A-Za-z0-9_-]{1,32}=");

  /**
   * @param app may carry slashes around it, a query, or app and stream together when the name is
   *     empty
   * @param tcUrl its query is used, and its path where there is no app
   * @param name may carry the app when there is none elsewhere, a query, {@code mp4:} or {@code
   *     flv:}, and GStreamer's {@code live=1} behind a space
   * @throws IllegalArgumentException with words for the publisher, when a name is not allowed
   */
  static PublishAddress parse(String app, String tcUrl, String name) {
    if (app.length() + tcUrl.length() + name.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("the address is longer than " + MAX_LENGTH);
    }
    String appPath = path(app);
    String streamPath = withoutPrefix(path(name));
    if (streamPath.isEmpty() && appPath.contains("/")) {
      int slash = appPath.lastIndexOf('/');
      streamPath = appPath.substring(slash + 1);
      appPath = appPath.substring(0, slash);
    }
    if (appPath.isEmpty()) {
      appPath = path(pathOf(tcUrl));
    }
    if (appPath.isEmpty() && streamPath.contains("/")) {
      int slash = streamPath.indexOf('/');
      appPath = streamPath.substring(0, slash);
      streamPath = streamPath.substring(slash + 1);
    }
    Map<String, String> parameters = new HashMap<>();
    readQuery(tcUrl, parameters);
    readQuery(app, parameters);
    readQuery(name, parameters);
    Optional<String> key = Optional.ofNullable(parameters.remove(KEY));
    return new PublishAddress(
        new StreamKey(decode(appPath), decode(streamPath)),
        input(parameters.getOrDefault(BACKUP, "0")),
        key,
        Map.copyOf(parameters));
  }

  private static InputRole input(String backup) {
    return switch (backup) {
      case "1", "true" -> InputRole.BACKUP;
      case "0", "false" -> InputRole.PRIMARY;
      default ->
          throw new IllegalArgumentException(
              "backup is neither 1 (the stream's backup) nor 0 (its primary)");
    };
  }

  private static String withoutOptions(String text) {
    String stripped = text.strip();
    Matcher options = OPTIONS.matcher(stripped);
    return options.find() ? stripped.substring(0, options.start()) : stripped;
  }

  private static String path(String text) {
    String address = withoutOptions(text);
    int question = address.indexOf('?');
    String path = question < 0 ? address : address.substring(0, question);
    int from = 0;
    int to = path.length();
    while (from < to && path.charAt(from) == '/') {
      from++;
    }
    while (to > from && path.charAt(to - 1) == '/') {
      to--;
    }
    return path.substring(from, to);
  }

  /** What follows scheme, host and port of an address; empty when it has another form. */
  private static String pathOf(String url) {
    int authority = url.indexOf("://");
    int slash = authority < 0 ? -1 : url.indexOf('/', authority + 3);
    return slash < 0 ? "" : url.substring(slash);
  }

  private static String withoutPrefix(String name) {
    return name.startsWith("mp4:") || name.startsWith("flv:") ? name.substring(4) : name;
  }

  private static void readQuery(String text, Map<String, String> parameters) {
    String address = withoutOptions(text);
    int at = address.indexOf('?') + 1;
    while (at > 0 && at < address.length()) {
      int end = address.indexOf('&', at);
      String pair = end < 0 ? address.substring(at) : address.substring(at, end);
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
      at = end + 1;
    }
  }

  /** Undoes percent-encoding; what isn't such an encoding, a plus sign too, stays as it is. */
  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high >= 0 ? Character.digit(bytes[i + 2], 16) : -1;
      if (low >= 0) {
        decoded.write(high << 4 | low);
        i += 2;
      } else {
        decoded.write(bytes[i]);
      }
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  /** Hides the key and the parameters. */
  @Override
  public String toString() {
    return stream.toString();
  }
}
