package io.millrace.app.cli;

import io.millrace.app.load.LoadReport;
import io.millrace.app.load.Measuring;
import io.millrace.app.load.SteadyPublisher;
import io.millrace.client.MillraceClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace bench}: load on topics over WebSocket, and what came of it. */
@Command(
    name = "bench",
    description = {
      "Puts load on topics over WebSocket. Latencies count from when a message was meant to be"
          + " sent, so a server that stops the sender for a second is seen to.",
      "Reports written with --json by several processes at the same time are put together by"
          + " 'merge'."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class BenchCommand extends CommandGroup {
  private static final Duration LAST_MESSAGES = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(20);

  BenchCommand() {
    super("pub, sub, fanout or merge?");
  }

  @Command(
      name = "pub",
      description = "Publishes; the latency is that of the acknowledgement.",
      mixinStandardHelpOptions = true)
  int pub(
      @Mixin TopicOptions options,
      @Mixin Load load,
      @Mixin Output output,
      @Parameters(paramLabel = "TOPIC") String topic,
      @Option(
              names = "--connections",
              paramLabel = "N",
              defaultValue = "1",
              description = "that share the rate (default: ${DEFAULT-VALUE})")
          int connections)
      throws InterruptedException {
    load.check();
    atLeast(load, "--connections", connections, 1);
    List<MillraceClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        clients.add(options.connect(load::publishing));
      }
      Measuring measuring = new Measuring();
      SteadyPublisher publisher = load.publisher(topic, load.rate / connections);
      List<Thread> threads = new ArrayList<>();
      for (MillraceClient client : clients) {
        threads.add(
            Thread.ofVirtual()
                .name("publisher")
                .start(() -> publish(publisher, client, measuring)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      return show(output, measuring.report(connections));
    } finally {
      clients.forEach(MillraceClient::close);
    }
  }

  private static void publish(
      SteadyPublisher publisher, MillraceClient client, Measuring measuring) {
    try {
      publisher.run(client, measuring::acknowledged, measuring::failed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Command(
      name = "sub",
      description =
          "Subscribes; messages of 'bench pub' and 'bench fanout' say how late they are, where"
              + " the clocks agree.",
      mixinStandardHelpOptions = true)
  int sub(
      @Mixin TopicOptions options,
      @Mixin Load load,
      @Mixin Output output,
      @Parameters(paramLabel = "FILTER") String filter,
      @Option(
              names = "--subscribers",
              paramLabel = "N",
              defaultValue = "1",
              description = "connections (default: ${DEFAULT-VALUE})")
          int subscribers)
      throws InterruptedException {
    load.check();
    atLeast(load, "--subscribers", subscribers, 1);
    try (BenchSubscribers listening = BenchSubscribers.open(options, load.opening, subscribers)) {
      Measuring measuring = listening.subscribe(filter);
      TimeUnit.NANOSECONDS.sleep(load.duration.toNanos());
      return show(output, measuring.report(subscribers));
    }
  }

  @Command(
      name = "fanout",
      description =
          "One publisher and many subscribers; the latency is that of the delivery. Exits with 1"
              + " when a subscriber has not had every message that was acknowledged.",
      mixinStandardHelpOptions = true)
  int fanout(
      @Mixin TopicOptions options,
      @Mixin Load load,
      @Mixin Output output,
      @Parameters(paramLabel = "TOPIC") String topic,
      @Option(
              names = "--subscribers",
              paramLabel = "N",
              defaultValue = "1000",
              description = "connections (default: ${DEFAULT-VALUE})")
          int subscribers)
      throws InterruptedException {
    load.check();
    atLeast(load, "--subscribers", subscribers, 1);
    if (load.rate <= 0) {
      throw new ParameterException(load.spec.commandLine(), "--rate: must be more than nothing");
    }
    try (BenchSubscribers listening = BenchSubscribers.open(options, load.opening, subscribers);
        MillraceClient publisher = options.connect(load::publishing)) {
      Measuring measuring = listening.subscribe(topic);
      load.publisher(topic, load.rate)
          .run(publisher, intended -> measuring.acknowledged(), measuring::failed);
      awaitLast(measuring, subscribers);
      return show(output, measuring.report(subscribers).expecting(subscribers));
    }
  }

  @Command(
      name = "merge",
      description = "Puts reports together that processes have written at the same time.",
      mixinStandardHelpOptions = true)
  int merge(
      @Mixin Output output,
      @Parameters(paramLabel = "FILE", arity = "1..*", description = "what --json has written")
          List<Path> files) {
    List<LoadReport> reports = new ArrayList<>();
    for (Path file : files) {
      try {
        reports.addAll(LoadReport.readAll(Files.readString(file)));
      } catch (IOException e) {
        throw new CommandFailedException(file + " cannot be read: " + e.getMessage());
      } catch (RuntimeException e) {
        throw new CommandFailedException(file + ": " + e.getMessage());
      }
    }
    output.print(LoadReport.merged(reports));
    return ExitCode.OK;
  }

  /** What was acknowledged is waited for until all have it, or nothing comes any more. */
  private static void awaitLast(Measuring measuring, int subscribers) throws InterruptedException {
    long deadline = System.nanoTime() + LAST_MESSAGES.toNanos();
    while (System.nanoTime() < deadline
        && measuring.receivedSoFar() < measuring.report(0).sent() * subscribers) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  private static void atLeast(Load load, String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(load.spec.commandLine(), option + ": at least " + least);
    }
  }

  private static int show(Output output, LoadReport report) {
    output.print(report);
    return report.failed() == 0 && report.missing() == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  /** For people or for machines. */
  static final class Output {
    @Option(names = "--json", description = "for machines, and for 'merge'")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private void print(LoadReport report) {
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(report.json().encode());
      } else {
        report.lines().forEach(out::println);
      }
      out.flush();
    }
  }

  /** How much, and for how long. */
  static final class Load {
    @Option(
        names = "--rate",
        paramLabel = "N",
        defaultValue = "100",
        description =
            "messages a second; 0 for as many as are acknowledged (default: ${DEFAULT-VALUE})")
    private double rate;

    @Option(
        names = "--size",
        paramLabel = "BYTES",
        defaultValue = "100",
        description = "of each payload, 22 at least (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(
        names = "--duration",
        paramLabel = "TIME",
        defaultValue = "10s",
        converter = KeyCommand.Time.class,
        description = "how long (default: ${DEFAULT-VALUE})")
    @SuppressWarnings("NullAway.Init")
    private Duration duration;

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        defaultValue = "1000",
        description = "messages of a connection that wait for the log (default: ${DEFAULT-VALUE})")
    private int inFlight;

    @Option(
        names = "--opening",
        paramLabel = "N",
        defaultValue = "50",
        description = "connections that are opened at once (default: ${DEFAULT-VALUE})")
    private int opening;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private MillraceClient.Builder publishing(MillraceClient.Builder client) {
      return client.maxInFlight(inFlight).publishTimeout(SteadyPublisher.PATIENCE);
    }

    private SteadyPublisher publisher(String topic, double messagesPerSecond) {
      return new SteadyPublisher(topic, messagesPerSecond, size, duration);
    }

    private void check() {
      if (rate < 0 || size < 0 || inFlight < 1 || opening < 1) {
        throw new ParameterException(
            spec.commandLine(), "--rate, --size, --in-flight and --opening are positive");
      }
    }
  }
}
