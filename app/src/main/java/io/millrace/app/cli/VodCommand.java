package io.millrace.app.cli;

import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code millrace vod}: what a running server has recorded. */
@Command(
    name = "vod",
    description = {
      "Lists recordings of a server, makes clips of them, saves them as files, and makes them of files."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {VodExport.class, VodImport.class})
final class VodCommand extends CommandGroup {
  VodCommand() {
    super("list, clip, export or import?");
  }

  @Command(
      name = "list",
      description = "Recordings of an app, the newest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP", defaultValue = "live", description = "default: live")
          String app) {
    options.show(
        options.api().list("/apps/" + ApiClient.encoded(app) + "/assets"),
        List.of("ASSET", "STREAM", "STARTED", "SECONDS", "BYTES", "TITLE"),
        item ->
            List.of(
                item.getString("id"),
                item.getString("app") + "/" + item.getString("stream"),
                Instant.parse(item.getString("startedAt"))
                    .truncatedTo(ChronoUnit.MILLIS)
                    .toString(),
                seconds(item.getDouble("durationSeconds")),
                item.getLong("bytes").toString(),
                item.getString("title")));
    return ExitCode.OK;
  }

  @Command(
      name = "clip",
      description = {
        "Makes a recording of its own of a part of another, or of what is on air.",
        "It is cut where segments begin and end, and has the part that is asked for at least."
      },
      mixinStandardHelpOptions = true)
  int clip(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "ASSET", description = "the id of a recording or broadcast")
          String asset,
      @Option(
              names = "--from",
              paramLabel = "TIME",
              converter = Moment.class,
              description =
                  "seconds or [H:]MM:SS from its beginning, with a minus before its end, or a date"
                      + " like 2026-12-01T20:15:00Z (default: its beginning)")
          Optional<Moment.Value> from,
      @Option(
              names = "--to",
              paramLabel = "TIME",
              converter = Moment.class,
              description = "likewise (default: its end, by now)")
          Optional<Moment.Value> to,
      @Option(names = "--title", description = "one line for people; else it is the stream's")
          Optional<String> title) {
    JsonObject wanted = new JsonObject();
    from.ifPresent(its -> wanted.put("from", its.json()));
    to.ifPresent(its -> wanted.put("to", its.json()));
    title.ifPresent(its -> wanted.put("title", its));
    JsonObject made = options.api().post("/assets/" + ApiClient.encoded(asset) + "/clips", wanted);
    options.show(made, words(made));
    return ExitCode.OK;
  }

  private static String words(JsonObject made) {
    JsonObject clip = made.getJsonObject("clip");
    return clip == null
        ? "clip " + made.getString("id") + " is long: it is still being made"
        : "clip "
            + made.getString("id")
            + " has "
            + seconds(clip.getDouble("begins"))
            + " s to "
            + seconds(clip.getDouble("ends"))
            + " s: "
            + made.getString("playlist");
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** Reads a moment of a recording. */
  static final class Moment implements ITypeConverter<Moment.Value> {
    /**
     * As the API takes it.
     *
     * @param json a number or a text
     */
    record Value(Object json) {}

    @Override
    public Value convert(String text) {
      if (text.matches("-?(\\d{1,4}:)?[0-5]?\\d:[0-5]\\d(\\.\\d{1,6})?")) {
        boolean before = text.startsWith("-");
        double seconds = 0;
        for (String part : text.substring(before ? 1 : 0).split(":", -1)) {
          seconds = seconds * 60 + Double.parseDouble(part);
        }
        return new Value(before ? -seconds : seconds);
      }
      if (text.matches("-?\\d{1,8}(\\.\\d{1,6})?")) {
        return new Value(Double.parseDouble(text));
      }
      try {
        return new Value(OffsetDateTime.parse(text).toInstant().toString());
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "'" + text + "' is no time; write for example 90, 1:30, -30 or 2026-12-01T20:15:00Z");
      }
    }
  }
}
