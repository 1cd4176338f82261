package io.millrace.app.cli;

import io.millrace.config.ValueText;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code millrace topic}: the namespaces of a running server, which its topics are in. */
@Command(
    name = "topic",
    description =
        "Lists, shows, makes, changes and deletes the namespaces that topics are in. Topics"
            + " themselves are there as soon as somebody publishes to them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TopicCommand extends CommandGroup {
  private static final String NAME = "NAMESPACE";
  private static final String UNLIMITED_WORD = "unlimited";
  private static final long UNLIMITED = -1;

  TopicCommand() {
    super("list, show, create, set or delete?");
  }

  @Command(name = "list", description = "Namespaces by name.", mixinStandardHelpOptions = true)
  int list(@Mixin ApiOptions options) {
    options.show(
        options.api().list("/namespaces"),
        List.of(NAME, "PARTITIONS", "DURABILITY", "RETENTION", "EACH PARTITION", "MESSAGES UP TO"),
        item ->
            List.of(
                item.getString("name"),
                item.getInteger("partitions").toString(),
                item.getString("durability"),
                time(item.getLong("retentionSeconds")),
                bytes(item.getLong("retentionBytes")),
                bytes(item.getLong("maxMessageSize"))));
    return ExitCode.OK;
  }

  @Command(
      name = "show",
      description = "The settings of one namespace.",
      mixinStandardHelpOptions = true)
  int show(@Mixin ApiOptions options, @Parameters(paramLabel = NAME) String name) {
    print(options, options.api().get(of(name)));
    return ExitCode.OK;
  }

  @Command(
      name = "create",
      description = "Makes a namespace; what is left out has its default.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = NAME) String name,
      @Option(
              names = "--durability",
              paramLabel = "WORD",
              description =
                  "what an acknowledgement means: memory, logged (the default), synced or"
                      + " replicated; it cannot be changed later")
          Optional<String> durability,
      @Mixin Settings settings) {
    JsonObject wanted = settings.json();
    durability.ifPresent(word -> wanted.put("durability", word));
    print(options, options.api().make(of(name), wanted));
    return ExitCode.OK;
  }

  @Command(
      name = "set",
      description =
          "Changes a namespace; when partitions are added, its subscribers subscribe again.",
      mixinStandardHelpOptions = true)
  int set(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = NAME) String name,
      @Mixin Settings settings) {
    JsonObject wanted = settings.json();
    if (wanted.isEmpty()) {
      throw new CommandFailedException("nothing to change; see 'millrace topic set --help'");
    }
    print(options, options.api().patch(of(name), wanted));
    return ExitCode.OK;
  }

  @Command(
      name = "delete",
      description = "Deletes a namespace with everything that was published to it.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = NAME) String name,
      @Option(names = "--yes", description = "do not ask for the name again") boolean yes) {
    if (!yes && !isMeant(name)) {
      throw new CommandFailedException(
          "nothing is deleted; type the name when asked for it, or say --yes");
    }
    options.api().delete(of(name));
    options.show(new JsonObject().put("deleted", name), name + " is deleted");
    return ExitCode.OK;
  }

  private static boolean isMeant(String name) {
    return Terminal.ask(
            "Everything that was published to " + name + " is lost. Type its name to delete it: ")
        .filter(name::equals)
        .isPresent();
  }

  private static String of(String name) {
    return "/namespaces/" + ApiClient.encoded(name);
  }

  private static void print(ApiOptions options, JsonObject namespace) {
    options.show(
        namespace,
        namespace.getString("name"),
        "  partitions      "
            + namespace.getInteger("partitions")
            + " (generation "
            + namespace.getInteger("generation")
            + ")",
        "  durability      " + namespace.getString("durability"),
        "  retention       " + time(namespace.getLong("retentionSeconds")),
        "  each partition  " + bytes(namespace.getLong("retentionBytes")),
        "  messages up to  " + bytes(namespace.getLong("maxMessageSize")),
        "  wildcards       up to " + namespace.getInteger("maxWildcardFilters") + " filters",
        "  messages a s    " + orUnlimited(namespace.getLong("messagesPerSecond")),
        "  bytes a s       " + bytes(namespace.getLong("bytesPerSecond")));
  }

  /** In the largest unit that says it exactly, as it may be given. */
  private static String time(long seconds) {
    return seconds % 86_400 == 0
        ? seconds / 86_400 + "d"
        : seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds + "s";
  }

  private static String orUnlimited(@Nullable Long limit) {
    return limit == null ? UNLIMITED_WORD : limit.toString();
  }

  private static String bytes(@Nullable Long bytes) {
    return bytes == null ? UNLIMITED_WORD : ValueText.showSize(bytes);
  }

  /** What may be said of a namespace at any time. */
  static final class Settings {
    @Option(
        names = "--partitions",
        paramLabel = "N",
        description = "1 to 1024; they only grow (default: 4)")
    private Optional<Integer> partitions = Optional.empty();

    @Option(
        names = "--retention",
        paramLabel = "TIME",
        converter = KeyCommand.Time.class,
        description = "how long messages are kept, for example 12h or 30d (default: 7d)")
    private Optional<Duration> retention = Optional.empty();

    @Option(
        names = "--retention-bytes",
        paramLabel = "SIZE",
        converter = Size.class,
        description = "how much of each partition is kept, for example 10GiB, or unlimited")
    private Optional<Long> retentionBytes = Optional.empty();

    @Option(
        names = "--max-message-size",
        paramLabel = "SIZE",
        converter = Size.class,
        description = "of headers and payload, up to 8MiB (default: 1MiB)")
    private Optional<Long> maxMessageSize = Optional.empty();

    @Option(
        names = "--max-wildcard-filters",
        paramLabel = "N",
        description = "different filters with wildcards that subscribers may have (default: 1000)")
    private Optional<Integer> maxWildcardFilters = Optional.empty();

    @Option(
        names = "--messages-per-second",
        paramLabel = "N",
        converter = Count.class,
        description = "of all publishers together, or unlimited (the default)")
    private Optional<Long> messagesPerSecond = Optional.empty();

    @Option(
        names = "--bytes-per-second",
        paramLabel = "SIZE",
        converter = Size.class,
        description = "of all publishers together, for example 10MiB, or unlimited (the default)")
    private Optional<Long> bytesPerSecond = Optional.empty();

    JsonObject json() {
      JsonObject wanted = new JsonObject();
      partitions.ifPresent(count -> wanted.put("partitions", count));
      retention.ifPresent(time -> wanted.put("retentionSeconds", time.toSeconds()));
      retentionBytes.ifPresent(size -> wanted.put("retentionBytes", orNull(size)));
      maxMessageSize.ifPresent(size -> wanted.put("maxMessageSize", size));
      maxWildcardFilters.ifPresent(count -> wanted.put("maxWildcardFilters", count));
      messagesPerSecond.ifPresent(count -> wanted.put("messagesPerSecond", orNull(count)));
      bytesPerSecond.ifPresent(size -> wanted.put("bytesPerSecond", orNull(size)));
      return wanted;
    }
  }

  private static @Nullable Long orNull(long limit) {
    return limit == UNLIMITED ? null : limit;
  }

  /** Reads a whole number. */
  static final class Count implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return text.equals(UNLIMITED_WORD) ? UNLIMITED : Integer.parseUnsignedInt(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is no whole number");
      }
    }
  }

  /** Reads a number of bytes with its unit. */
  static final class Size implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return text.equals(UNLIMITED_WORD) ? UNLIMITED : ValueText.parseSize(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
