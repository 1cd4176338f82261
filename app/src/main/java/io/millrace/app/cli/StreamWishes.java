package io.millrace.app.cli;

import io.millrace.config.ValueText;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is said of a stream: its title, and how it is packaged. */
final class StreamWishes {
  @Option(names = "--title", paramLabel = "TEXT", description = "one line for people")
  private Optional<String> title = Optional.empty();

  @Option(
      names = "--ladder",
      paramLabel = "RUNGS",
      description =
          "its renditions, for example copy,480p,audio; an empty one takes back what was said")
  private Optional<String> ladder = Optional.empty();

  @Option(
      names = "--window",
      paramLabel = "TIME",
      description =
          "how far viewers can go back, for example 4h; an empty one takes back what was said")
  private Optional<String> window = Optional.empty();

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** As the API takes it; what was not said is not there. */
  JsonObject json() {
    JsonObject json = new JsonObject();
    title.ifPresent(text -> json.put("title", text));
    ladder.ifPresent(
        words ->
            json.put(
                "ladder",
                words.isBlank() ? null : new JsonArray(List.of(words.strip().split("\\s*,\\s*")))));
    window.ifPresent(time -> json.put("windowSeconds", time.isBlank() ? null : seconds(time)));
    return json;
  }

  private long seconds(String time) {
    try {
      return ValueText.parseDuration(time).toSeconds();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--window: " + e.getMessage(), e);
    }
  }
}
