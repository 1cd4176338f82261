package io.millrace.bench.topics;

import io.millrace.testkit.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A peer: a Kafka of its own that runs exactly as a server's embedded one does (the same program,
 * options and start-up cache, another directory), for Kafka's own clients.
 */
final class RawKafka implements AutoCloseable {
  private static final String MAIN = "io.millrace.kafka.Main";
  private static final Pattern READY = Pattern.compile("millrace-kafka ready (\\d+)");
  private static final String PASSWORD = "bench";

  private final Program program;
  private final Path folder;
  private final int port;

  private RawKafka(Program program, Path folder, int port) {
    this.program = program;
    this.folder = folder;
    this.port = port;
  }

  /** Starts it; blocks until it serves clients. */
  static RawKafka like(TopicServer server, Path folder) throws IOException {
    Path log = Files.createDirectories(folder.resolve("raw-kafka"));
    Path settings = folder.resolve("raw-kafka.properties");
    Files.writeString(
        settings, "directory=%s%nport=0%nuser=bench%npassword=%s%n".formatted(log, PASSWORD));
    List<String> command = commandOf(server);
    command.set(command.size() - 1, settings.toString());
    Program program = Program.start(command, Map.of("MALLOC_ARENA_MAX", "2"), log);
    try {
      Awaitility.await("Kafka")
          .atMost(Duration.ofSeconds(60))
          .until(() -> !program.isAlive() || READY.matcher(program.outputSoFar()).find());
    } catch (ConditionTimeoutException e) {
      // Said below.
    }
    Matcher ready = READY.matcher(program.outputSoFar());
    if (!ready.find()) {
      program.close();
      throw new IOException("no Kafka: " + program.outputSoFar() + program.errorsSoFar());
    }
    return new RawKafka(program, folder, Integer.parseInt(ready.group(1)));
  }

  private static List<String> commandOf(TopicServer server) throws IOException {
    for (ProcessHandle process : server.program().processes()) {
      List<String> words =
          Arrays.stream(
                  Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                      .split("\0", -1))
              .filter(word -> !word.isEmpty())
              .collect(Collectors.toList());
      // Not the shell that watches it.
      if (words.contains(MAIN) && words.getFirst().endsWith("java")) {
        return words;
      }
    }
    throw new IOException("the server has no Kafka of its own");
  }

  /** What any client of it needs. */
  Properties client() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", "127.0.0.1:" + port);
    properties.put("security.protocol", "SASL_PLAINTEXT");
    properties.put("sasl.mechanism", "PLAIN");
    properties.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " username=\"bench\" password=\""
            + PASSWORD
            + "\";");
    return properties;
  }

  /** The same and more in a file, for its tools. */
  Path clientFile(Map<String, String> more) throws IOException {
    Properties properties = client();
    properties.putAll(more);
    Path file = folder.resolve("client.properties");
    try (var writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      properties.store(writer, null);
    }
    return file;
  }

  void makeTopic(String name, int partitions) throws IOException {
    try (Admin admin = Admin.create(client())) {
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** How many messages have ever been written to a topic. */
  static long written(Admin admin, String topic, int partitions) throws IOException {
    Map<TopicPartition, OffsetSpec> ends =
        IntStream.range(0, partitions)
            .boxed()
            .collect(
                Collectors.toMap(
                    number -> new TopicPartition(topic, number), number -> OffsetSpec.latest()));
    try {
      return admin.listOffsets(ends).all().get().values().stream()
          .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
          .sum();
    } catch (ExecutionException | InterruptedException e) {
      throw new IOException(e);
    }
  }

  ProcessHandle process() {
    return ProcessHandle.of(program.pid()).orElseThrow();
  }

  @Override
  public void close() {
    program.stop(Duration.ofSeconds(20));
  }
}
