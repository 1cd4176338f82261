package io.millrace.app.cli;

import io.millrace.client.MillraceClient;
import io.millrace.client.Publication;
import io.millrace.client.Published;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace pub}: messages from the command line, a file or standard input. */
@Command(
    name = "pub",
    description = {
      "Publishes to a topic: each line of standard input, or what --data or --file says.",
      "Exits with 0 when everything was acknowledged. It ends with the first message that is"
          + " refused, or has no acknowledgement in time, and says what became of each one."
    },
    mixinStandardHelpOptions = true)
final class PubCommand implements Callable<Integer> {
  /** For which the server knows a message's id. */
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(2);

  @Parameters(paramLabel = "TOPIC", description = "namespace/path")
  @SuppressWarnings("NullAway.Init")
  private String topic;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private TopicOptions options;

  @Option(names = "--data", paramLabel = "TEXT", description = "one message, this text")
  private Optional<String> data = Optional.empty();

  @Option(names = "--file", paramLabel = "FILE", description = "one message, this file's bytes")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME=VALUE",
      description = "a header of each message; may come more than once")
  private Map<String, String> headers = new LinkedHashMap<>();

  @Option(names = "--content-type", paramLabel = "TYPE", description = "of each message")
  private Optional<String> contentType = Optional.empty();

  @Option(
      names = "--message-id",
      paramLabel = "ID",
      description =
          "under which a message is published once within two minutes; of lines, ID/1, ID/2 …")
  private Optional<String> messageId = Optional.empty();

  @Option(names = "--retain", description = "new subscribers of the topic get it first (MQTT)")
  private boolean retain;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      converter = KeyCommand.Time.class,
      description = "after which it is not delivered any more, for example 30s")
  private Optional<Duration> ttl = Optional.empty();

  @Option(names = "--rate", paramLabel = "N", description = "at most so many messages a second")
  private Optional<Double> rate = Optional.empty();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = KeyCommand.Time.class,
      description =
          "how long each message is tried for, also while the server is away (default:"
              + " ${DEFAULT-VALUE})")
  @SuppressWarnings("NullAway.Init")
  private Duration timeout;

  @Option(names = "--json", description = "say what was published, for machines")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Why the input ended before its end. */
  private volatile Optional<String> unreadable = Optional.empty();

  @Override
  public Integer call() throws InterruptedException {
    if (data.isPresent() && file.isPresent()) {
      throw new ParameterException(spec.commandLine(), "--data or --file, not both");
    }
    if (rate.filter(perSecond -> perSecond <= 0).isPresent()) {
      throw new ParameterException(spec.commandLine(), "--rate: must be more than nothing");
    }
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      throw new ParameterException(spec.commandLine(), "--timeout: at most 2m, and not nothing");
    }
    Iterator<byte[]> payloads = payloads();
    PublishedCount count = new PublishedCount();
    try (MillraceClient client = options.connect(its -> its.publishTimeout(timeout))) {
      // Apart: whoever types may take hours, while what was published before has failed long ago.
      Thread.ofPlatform()
          .daemon()
          .name("publisher")
          .start(() -> publishAll(client, payloads, count));
      count.await();
    }
    if (json) {
      spec.commandLine().getOut().println(count.json().encode());
    }
    Optional<String> problem = count.problem();
    if (problem.isPresent()) {
      throw count.isServerMissing()
          ? new UnavailableException(problem.get())
          : new CommandFailedException(problem.get());
    }
    if (unreadable.isPresent()) {
      throw new CommandFailedException("cannot be read: " + unreadable.get());
    }
    return ExitCode.OK;
  }

  private Iterator<byte[]> payloads() {
    if (data.isPresent()) {
      return List.of(bytes(data.get())).iterator();
    }
    if (file.isPresent()) {
      try {
        return List.of(Files.readAllBytes(file.get())).iterator();
      } catch (IOException e) {
        throw new CommandFailedException("cannot be read: " + e.getMessage());
      }
    }
    // The process's own, and so not closed here.
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Stream<byte[]> read = lines.lines().map(PubCommand::bytes);
    return read.iterator();
  }

  private void publishAll(MillraceClient client, Iterator<byte[]> payloads, PublishedCount count) {
    boolean several = data.isEmpty() && file.isEmpty();
    long start = System.nanoTime();
    try {
      while (payloads.hasNext()) {
        byte[] payload = payloads.next();
        Optional<Long> number = count.begin();
        if (number.isEmpty()) {
          return;
        }
        if (rate.isPresent()) {
          long due = start + Math.round((number.get() - 1) / rate.get() * 1e9);
          TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        }
        count.outcome(number.get(), publish(client, payload, several ? "/" + number.get() : ""));
      }
    } catch (UncheckedIOException e) {
      unreadable = Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      count.over();
    }
  }

  private CompletableFuture<Published> publish(
      MillraceClient client, byte[] payload, String suffix) {
    try {
      return client.publish(message(payload, suffix));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Publication message(byte[] payload, String suffix) {
    return new Publication(
        topic,
        payload,
        contentType,
        headers,
        messageId.map(id -> id + suffix),
        retain,
        ttl.orElse(Duration.ZERO));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
