package io.millrace.app.cli;

import io.millrace.app.node.StopSignal;
import io.millrace.client.ConnectionListener;
import io.millrace.client.Event;
import io.millrace.client.Gap;
import io.millrace.client.Interest;
import io.millrace.client.Message;
import io.millrace.client.MessageStream;
import io.millrace.client.MillraceClient;
import io.millrace.client.MillraceException;
import io.millrace.client.Start;
import io.millrace.config.ValueText;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code millrace sub}: messages as lines of standard output. */
@Command(
    name = "sub",
    description = {
      "Subscribes, and writes each message as a line: the payload, behind its topic and a tab where"
          + " there may be several topics.",
      "On a terminal, control characters in messages are written as \\u001b and the like (--raw:"
          + " as they are).",
      "Gaps and lost connections are told on standard error. Ctrl-C ends it."
    },
    mixinStandardHelpOptions = true)
final class SubCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration STOP = Duration.ofSeconds(5);

  @Parameters(paramLabel = "FILTER", arity = "1..*", description = "namespace/path, with + and #")
  @SuppressWarnings("NullAway.Init")
  private List<String> filters;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private TopicOptions options;

  @Option(names = "--last", paramLabel = "N", description = "begin with the last N messages")
  private Optional<Integer> last = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = Since.class,
      description = "begin at a time (2026-01-31T12:00:00Z) or so long ago (10m)")
  private Optional<Instant> since = Optional.empty();

  @Option(
      names = "--from",
      paramLabel = "POSITION",
      description = "begin behind a position that --json has told of the same filter")
  private Optional<String> from = Optional.empty();

  @Option(
      names = "--where",
      paramLabel = "EXPRESSION",
      description = "only messages that it holds for, for example 'payload.t > 20'")
  private Optional<String> where = Optional.empty();

  @Option(names = "--count", paramLabel = "N", description = "end after N messages")
  private Optional<Long> count = Optional.empty();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = KeyCommand.Time.class,
      description = "end after a time; exits with 1 when --count messages have not come by then")
  private Optional<Duration> timeout = Optional.empty();

  @Option(names = "--json", description = "each message as a JSON object, for machines")
  private boolean json;

  @Option(names = "--raw", description = "control characters as they are, also to a terminal")
  private boolean raw;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final CountDownLatch over = new CountDownLatch(1);

  /** Whether a terminal reads what is written. */
  private boolean isHarmless;

  // Guarded by this.
  private long written;
  private Optional<MillraceException> ended = Optional.empty();

  @Override
  public Integer call() throws InterruptedException {
    Start start = start();
    boolean withTopic = filters.size() > 1 || filters.getFirst().matches(".*[+#].*");
    isHarmless = !raw && Terminal.isOutput();
    try (StopSignal signal = StopSignal.listen(STOP);
        MillraceClient client = options.connect(its -> its, new Connection())) {
      List<MessageStream> streams = new ArrayList<>();
      for (String filter : filters) {
        Interest interest = Interest.in(filter).withStart(start);
        MessageStream stream = client.stream(where.map(interest::withWhere).orElse(interest));
        streams.add(stream);
        Thread.ofVirtual().name("sub").start(() -> write(stream, withTopic));
      }
      Thread.ofVirtual()
          .name("stop")
          .start(
              () -> {
                signal.await();
                over.countDown();
              });
      if (timeout.isPresent()) {
        over.await(timeout.get().toMillis(), TimeUnit.MILLISECONDS);
      } else {
        over.await();
      }
      over.countDown();
      streams.forEach(MessageStream::close);
    }
    return outcome();
  }

  private synchronized int outcome() {
    ended.ifPresent(
        reason -> {
          throw new CommandFailedException(reason.getMessage() + " (" + reason.code() + ")");
        });
    return count.filter(wanted -> written < wanted).isPresent() && timeout.isPresent()
        ? ExitCode.FAILED
        : ExitCode.OK;
  }

  private Start start() {
    int given =
        (last.isPresent() ? 1 : 0) + (since.isPresent() ? 1 : 0) + (from.isPresent() ? 1 : 0);
    if (given > 1) {
      throw new ParameterException(spec.commandLine(), "one of --last, --since and --from");
    }
    if (from.isPresent() && filters.size() > 1) {
      throw new ParameterException(spec.commandLine(), "--from is of one filter only");
    }
    return last.<Start>map(Start::last)
        .or(() -> since.map(Start::since))
        .or(() -> from.map(Start::after))
        .orElseGet(Start::now);
  }

  private void write(MessageStream stream, boolean withTopic) {
    try {
      while (over.getCount() > 0) {
        stream.next(LOOK).ifPresent(event -> write(event, withTopic));
      }
    } catch (MillraceException e) {
      end(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      over.countDown();
    }
  }

  private synchronized void end(MillraceException reason) {
    if (over.getCount() > 0) {
      ended = Optional.of(reason);
      over.countDown();
    }
  }

  private synchronized void write(Event event, boolean withTopic) {
    switch (event) {
      case Message message -> write(message, withTopic);
      case Gap gap -> warn(words(gap));
      case Event.CaughtUp caughtUp -> {}
    }
  }

  private void warn(String words) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("millrace: " + words);
    err.flush();
  }

  /** Tells when the server has gone, and when it is there again. */
  private final class Connection implements ConnectionListener {
    private boolean wasIn;
    private boolean isAway;

    @Override
    public void connected(String principal) {
      if (isAway) {
        warn("connected again");
      }
      wasIn = true;
      isAway = false;
    }

    @Override
    public void disconnected(MillraceException reason) {
      if (wasIn && !isAway) {
        warn("the connection is lost, trying again: " + reason.getMessage());
        isAway = true;
      }
    }
  }

  private void write(Message message, boolean withTopic) {
    if (count.filter(wanted -> written >= wanted).isPresent()) {
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    String line = json ? MessageLine.json(message) : MessageLine.text(message, withTopic);
    out.println(isHarmless ? MessageLine.harmless(line) : line);
    out.flush();
    written++;
    // Who reads it may have gone, like head(1).
    if (count.filter(wanted -> written >= wanted).isPresent() || out.checkError()) {
      over.countDown();
    }
  }

  private static String words(Gap gap) {
    return "messages are missing here ("
        + ValueText.word(gap.reason())
        + (gap.to() >= 0
            ? ", partition " + gap.partition() + ", from " + gap.from() + " to " + gap.to()
            : "")
        + ")";
  }

  /** Reads a time, or how long ago. */
  static final class Since implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return Character.isDigit(text.charAt(text.length() - 1)) || text.endsWith("Z")
            ? Instant.parse(text)
            : Instant.now().minus(ValueText.parseDuration(text));
      } catch (DateTimeParseException | IllegalArgumentException e) {
        throw new TypeConversionException(
            "'" + text + "' is no time; write for example 10m or 2026-01-31T12:00:00Z");
      }
    }
  }
}
