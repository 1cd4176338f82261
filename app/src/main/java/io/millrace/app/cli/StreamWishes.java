package io.millrace.app.cli;

import io.millrace.config.ValueText;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is said of a stream. */
final class StreamWishes extends PackagingWishes {
  @Option(
      names = "--window",
      paramLabel = "TIME",
      description =
          "how far viewers can go back, for example 4h; with an empty one it is the server's")
  private Optional<String> window = Optional.empty();

  @Override
  JsonObject json() {
    JsonObject json = super.json();
    window.ifPresent(time -> json.put("windowSeconds", time.isBlank() ? null : seconds(time)));
    return json;
  }

  private long seconds(String time) {
    try {
      return ValueText.parseDuration(time).toSeconds();
    } catch (IllegalArgumentException e) {
      throw wrong("--window: " + e.getMessage());
    }
  }
}
