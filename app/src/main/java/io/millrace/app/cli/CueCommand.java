package io.millrace.app.cli;

import io.millrace.media.StreamKey;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace stream cue}: the cue points of a stream that is on air. */
@Command(
    name = "cue",
    description = "Makes, lists and ends cue points of a stream that is on air.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class CueCommand extends CommandGroup {
  CueCommand() {
    super("create, list or end?");
  }

  @Command(
      name = "create",
      description = "Makes a cue point; without --at it starts at the next key frame.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP/STREAM", converter = StreamCommand.Address.class)
          StreamKey stream,
      @Option(names = "--id", description = "no other one of the broadcast has it")
          Optional<String> id,
      @Option(
              names = "--kind",
              defaultValue = "splice",
              description = "splice, range or mark (default: ${DEFAULT-VALUE})")
          String kind,
      @Option(names = "--at", paramLabel = "DATE", description = "like 2026-12-01T20:15:00Z")
          Optional<String> at,
      @Option(
              names = "--duration",
              paramLabel = "TIME",
              converter = KeyCommand.Time.class,
              description = "how long it is to last (30s); it ends by itself then")
          Optional<Duration> duration,
      @Option(names = "--class", paramLabel = "NAME", description = "whose attributes it has")
          Optional<String> cueClass,
      @Option(
              names = "--attribute",
              paramLabel = "NAME=TEXT",
              description = "a name starts with X-; may be given several times")
          @Nullable Map<String, String> attributes) {
    JsonObject wanted = new JsonObject().put("kind", kind);
    id.ifPresent(its -> wanted.put("id", its));
    at.ifPresent(its -> wanted.put("at", its));
    duration.ifPresent(its -> wanted.put("duration", its.toMillis() / 1000.0));
    cueClass.ifPresent(its -> wanted.put("class", its));
    if (attributes != null) {
      wanted.put("attributes", new JsonObject(new TreeMap<>(attributes)));
    }
    JsonObject made = options.api().post(cues(stream), wanted);
    options.show(
        made,
        "cue point "
            + made.getString("id")
            + " starts "
            + (made.containsKey("at") ? "at " + made.getString("at") : "at the next cut"));
    return ExitCode.OK;
  }

  @Command(
      name = "list",
      description = "All that the broadcast has.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP/STREAM", converter = StreamCommand.Address.class)
          StreamKey stream) {
    options.show(
        options.api().get(cues(stream)).getJsonArray("cues"),
        List.of("ID", "KIND", "STATE", "START", "DURATION"),
        cue ->
            List.of(
                cue.getString("id"),
                cue.getString("kind"),
                cue.getString("state"),
                cue.getString("at", "next cut"),
                cue.containsKey("duration") ? cue.getDouble("duration") + " s" : ""));
    return ExitCode.OK;
  }

  @Command(
      name = "end",
      description = "Ends a cue point at the next key frame; one that has not started never will.",
      mixinStandardHelpOptions = true)
  int end(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP/STREAM", converter = StreamCommand.Address.class)
          StreamKey stream,
      @Parameters(paramLabel = "ID") String id) {
    options.api().delete(cues(stream) + "/" + ApiClient.encoded(id));
    options.show(new JsonObject().put("ended", id), "cue point " + id + " is ended");
    return ExitCode.OK;
  }

  private static String cues(StreamKey stream) {
    return "/apps/"
        + ApiClient.encoded(stream.app())
        + "/streams/"
        + ApiClient.encoded(stream.stream())
        + "/cues";
  }
}
