package io.millrace.app.cli;

import static java.util.stream.Collectors.joining;

import io.millrace.config.ValueText;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code millrace key}: the keys of a running server, for streams and topics. */
@Command(
    name = "key",
    description =
        "Lists, makes, rotates and revokes keys of streams and topics of the server on this"
            + " machine.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class KeyCommand extends CommandGroup {
  KeyCommand() {
    super("list, create, rotate or revoke?");
  }

  @Command(
      name = "list",
      description = "Keys of an app; the keys themselves are not kept and cannot be shown.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP", defaultValue = "live", description = "default: live")
          String app) {
    options.show(
        options.api().list(of(app)),
        List.of("ID", "OPENS", "EXPIRES", "LABEL"),
        item ->
            List.of(
                item.getString("id"),
                opened(item),
                Optional.ofNullable(item.getString("expiresAt")).orElse("never"),
                item.getString("label")));
    return ExitCode.OK;
  }

  @Command(
      name = "create",
      description = "Makes a key and shows it, this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP", defaultValue = "live", description = "default: live")
          String app,
      @Option(
              names = "--stream",
              paramLabel = "STREAM",
              description = "the one that it opens (default: every stream of the app)")
          Optional<String> stream,
      @Option(names = "--label", defaultValue = "", description = "one line for people")
          String label,
      @Option(
              names = "--lifetime",
              paramLabel = "TIME",
              converter = Time.class,
              description = "for example 12h or 30d (default: it does not expire)")
          Optional<Duration> lifetime,
      @Mixin Topics topics) {
    JsonObject wanted = new JsonObject().put("label", label);
    stream.ifPresent(name -> wanted.put("stream", name));
    topics.addTo(wanted);
    lifetime.ifPresent(time -> wanted.put("lifetimeSeconds", time.toSeconds()));
    show(options, options.api().post(of(app), wanted));
    return ExitCode.OK;
  }

  @Command(
      name = "rotate",
      description = "Makes a key that opens what another one opens, and ends that one.",
      mixinStandardHelpOptions = true)
  int rotate(
      @Mixin ApiOptions options,
      @Mixin Which key,
      @Option(
              names = "--overlap",
              paramLabel = "TIME",
              converter = Time.class,
              description =
                  "how long the old key still opens, for example 1h (default: not at all)")
          Optional<Duration> overlap,
      @Option(
              names = "--lifetime",
              paramLabel = "TIME",
              converter = Time.class,
              description = "of the new key, for example 30d (default: as long as the old one had)")
          Optional<Duration> lifetime) {
    JsonObject wanted = new JsonObject();
    lifetime.ifPresent(time -> wanted.put("lifetimeSeconds", time.toSeconds()));
    overlap.ifPresent(time -> wanted.put("overlapSeconds", time.toSeconds()));
    show(options, options.api().post(key.path() + "/rotate", wanted));
    return ExitCode.OK;
  }

  @Command(name = "revoke", description = "Ends a key at once.", mixinStandardHelpOptions = true)
  int revoke(@Mixin ApiOptions options, @Mixin Which key) {
    options.api().delete(key.path());
    options.show(new JsonObject().put("revoked", key.id), "key " + key.id + " is revoked");
    return ExitCode.OK;
  }

  private static String of(String app) {
    return "/apps/" + ApiClient.encoded(app) + "/keys";
  }

  private static String opened(JsonObject key) {
    List<String> opens = new ArrayList<>();
    if (!key.getBoolean("topicsOnly")) {
      opens.add(
          key.getString("app") + "/" + Optional.ofNullable(key.getString("stream")).orElse("*"));
    }
    JsonObject topics = key.getJsonObject("topics");
    for (String operation : List.of("publish", "subscribe", "history")) {
      JsonArray patterns = topics.getJsonArray(operation);
      if (!patterns.isEmpty()) {
        opens.add(operation + " " + patterns.stream().map(String::valueOf).collect(joining(" ")));
      }
    }
    return String.join(", ", opens);
  }

  private static void show(ApiOptions options, JsonObject made) {
    options.show(
        made,
        made.getString("key"),
        "id " + made.getString("id") + ", opens " + opened(made),
        "The key is shown this once; keep it.");
  }

  /** What a new key opens of topics. */
  static final class Topics {
    private static final String PATTERN = "PATTERN";

    @Option(
        names = "--publish",
        paramLabel = PATTERN,
        description = "topics it may publish to, NAMESPACE/PATH with + and #; may be repeated")
    private List<String> publish = List.of();

    @Option(
        names = "--subscribe",
        paramLabel = PATTERN,
        description = "topics it may subscribe to; may be repeated")
    private List<String> subscribe = List.of();

    @Option(
        names = "--history",
        paramLabel = PATTERN,
        description = "topics whose history it may read (default: those of --subscribe)")
    private List<String> history = List.of();

    @Option(names = "--topics-only", description = "it opens no stream")
    private boolean topicsOnly;

    @Option(
        names = "--messages-per-second",
        paramLabel = "NUMBER",
        description = "that it may publish to each namespace (default: no limit)")
    private Optional<Long> messagesPerSecond = Optional.empty();

    @Option(
        names = "--bytes-per-second",
        paramLabel = "NUMBER",
        description = "that it may publish to each namespace (default: no limit)")
    private Optional<Long> bytesPerSecond = Optional.empty();

    void addTo(JsonObject wanted) {
      JsonObject topics = new JsonObject();
      add(topics, "publish", publish);
      add(topics, "subscribe", subscribe);
      add(topics, "history", history);
      JsonObject limits = new JsonObject();
      messagesPerSecond.ifPresent(limit -> limits.put("messagesPerSecond", limit));
      bytesPerSecond.ifPresent(limit -> limits.put("bytesPerSecond", limit));
      wanted.put("topics", topics).put("limits", limits).put("topicsOnly", topicsOnly);
    }

    private static void add(JsonObject topics, String operation, List<String> patterns) {
      if (!patterns.isEmpty()) {
        topics.put(operation, new JsonArray(patterns));
      }
    }
  }

  /** Names a key that there is. */
  static final class Which {
    @Parameters(paramLabel = "ID", description = "as 'key list' shows it")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Option(
        names = "--app",
        paramLabel = "APP",
        defaultValue = "live",
        description = "default: live")
    @SuppressWarnings("NullAway.Init")
    private String app;

    String path() {
      return of(app) + "/" + ApiClient.encoded(id);
    }
  }

  /** Reads {@code 90s}, {@code 12h}, {@code 30d}. */
  static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return ValueText.parseDuration(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
