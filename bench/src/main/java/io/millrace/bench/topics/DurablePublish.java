package io.millrace.bench.topics;

import io.millrace.bench.Form;
import io.millrace.bench.ProcessCost;
import io.millrace.bench.Row;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.server.util.ThroughputThrottler;
import org.apache.kafka.tools.ProducerPerformance;
import org.slf4j.Logger;

/**
 * Messages of 100 bytes that are acknowledged when they are in the log, in batches of 100 from a
 * few connections: processor time for each, beside Kafka's own {@code kafka-producer-perf-test}
 * (its time counts, for a server of this program is the producer) and NATS with JetStream in files.
 */
public final class DurablePublish {
  private static final int PAYLOAD_BYTES = 100;
  private static final int BATCH = 100;

  /** With few there is never more than some hundred messages for one request to Kafka. */
  private static final List<Integer> CONNECTIONS = List.of(4, 32);

  private static final int PARTITIONS = 4;

  /** What 100 messages take in Kafka's own batches. */
  private static final int KAFKA_BATCH_BYTES = 11_000;

  private static final double KAFKA_GOAL = 2.5;
  private static final byte[] PAYLOAD =
      "x".repeat(PAYLOAD_BYTES).getBytes(StandardCharsets.US_ASCII);

  private DurablePublish() {}

  public static void main(String[] args) throws IOException {
    Form.print(
        TopicServer.measured(
            server ->
                measure(server, CONNECTIONS, Duration.ofSeconds(60), Duration.ofSeconds(20))));
  }

  /** What one of them did. */
  private record Measured(double messages, double seconds, double cpuSeconds) {
    private double micros() {
      return cpuSeconds * 1_000_000 / messages;
    }

    private String words() {
      return String.format(
          Locale.ROOT,
          "%.2f µs of processor a message at %,.0f messages/s",
          micros(),
          messages / seconds);
    }
  }

  private interface Opening {
    Batches open(int number) throws IOException;
  }

  /**
   * Measures one after the other, each for itself.
   *
   * @param connections how many publish at once, one batch each; Kafka's own tool has one producer
   *     with as much under way as its memory holds
   */
  static List<Row> measure(
      TopicServer server, List<Integer> connections, Duration warmUp, Duration counted)
      throws IOException {
    Path folder = Form.newFolder();
    try {
      Measured kafka;
      try (RawKafka raw = RawKafka.like(server, folder)) {
        kafka = performance(raw, warmUp, counted);
      }
      List<Row> rows = new ArrayList<>();
      for (int many : connections) {
        rows.addAll(measure(server, folder, many, kafka, warmUp, counted));
      }
      return rows;
    } finally {
      Form.delete(folder);
    }
  }

  private static List<Row> measure(
      TopicServer server,
      Path folder,
      int connections,
      Measured kafka,
      Duration warmUp,
      Duration counted)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    String publish = "durable publish, " + connections + " connections, ";
    List<ProcessHandle> processes = server.program().processes();
    Measured http;
    try (HttpTopics topics = server.http()) {
      http = measure(number -> http(topics, number), connections, processes, warmUp, counted);
    }
    Measured mqtt =
        measure(
            number ->
                new MqttBatches(
                    server.mqttAddress(), server.token(), "logged/mqtt/" + number, PAYLOAD),
            connections,
            processes,
            warmUp,
            counted);
    for (Map.Entry<String, Measured> ours :
        Map.of("HTTP batches", http, "MQTT with QoS 1", mqtt).entrySet()) {
      rows.add(
          Row.atMost(
              publish + ours.getKey() + ", processor a message",
              ours.getValue().micros() / kafka.micros(),
              KAFKA_GOAL,
              "×",
              ours.getValue().words()
                  + ", Kafka counted; kafka-producer-perf-test with its Kafka "
                  + kafka.words()));
    }
    if (Nats.executable().isPresent()) {
      Measured theirs = nats(folder, connections, warmUp, counted);
      Measured best = http.micros() < mqtt.micros() ? http : mqtt;
      rows.add(
          Row.atLeast(
              publish + "messages a processor second",
              theirs.micros() / best.micros(),
              1,
              "×",
              best.words() + "; NATS with JetStream " + theirs.words()));
    }
    return rows;
  }

  private static Batches http(HttpTopics topics, int number) {
    byte[] batch =
        HttpTopics.batch(
            IntStream.range(0, BATCH)
                .mapToObj(
                    i ->
                        HttpTopics.message(
                            "logged/http/" + number,
                            new String(PAYLOAD, StandardCharsets.US_ASCII))));
    return new Batches() {
      @Override
      public void publish(int size) throws IOException {
        topics.publish(batch);
      }

      @Override
      public void close() {
        // The connections are the client's.
      }
    };
  }

  private static Measured nats(Path folder, int connections, Duration warmUp, Duration counted)
      throws IOException {
    try (Nats nats = Nats.start(folder, Ports.free().rtmp())) {
      return measure(
          number -> nats.connect().to("bench.t" + number, PAYLOAD),
          connections,
          nats.processes(),
          warmUp,
          counted);
    }
  }

  private static Measured measure(
      Opening opening,
      int connections,
      List<ProcessHandle> processes,
      Duration warmUp,
      Duration counted)
      throws IOException {
    AtomicLong acknowledged = new AtomicLong();
    long begun = System.nanoTime();
    long from = begun + warmUp.toNanos();
    long until = from + counted.toNanos();
    List<Future<?>> publishing = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      for (int i = 0; i < connections; i++) {
        int number = i;
        publishing.add(threads.submit(() -> publish(opening, number, until, acknowledged)));
      }
      Measured measured = window(from, until, acknowledged::get, processes);
      for (Future<?> one : publishing) {
        one.get();
      }
      return measured;
    } catch (ExecutionException | InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void publish(Opening opening, int number, long until, AtomicLong acknowledged) {
    try (Batches batches = opening.open(number)) {
      while (System.nanoTime() < until) {
        batches.publish(BATCH);
        acknowledged.addAndGet(BATCH);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Count {
    long now() throws IOException;
  }

  private static Measured window(long from, long until, Count count, List<ProcessHandle> processes)
      throws IOException {
    pause(from);
    long began = System.nanoTime();
    long messages = count.now();
    double cpu = ProcessCost.cpuSeconds(processes);
    pause(until);
    messages = count.now() - messages;
    return new Measured(
        messages, (System.nanoTime() - began) / 1e9, ProcessCost.cpuSeconds(processes) - cpu);
  }

  private static void pause(long until) {
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static Measured performance(RawKafka kafka, Duration warmUp, Duration counted)
      throws IOException {
    String topic = "performance";
    kafka.makeTopic(topic, PARTITIONS);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            kafkaJars(),
            ProducerPerformance.class.getName(),
            "--topic",
            topic,
            "--num-records",
            Long.toString(Long.MAX_VALUE),
            "--record-size",
            Integer.toString(PAYLOAD_BYTES),
            "--throughput",
            "-1",
            "--command-config",
            kafka
                .clientFile(
                    Map.of("acks", "all", "batch.size", Integer.toString(KAFKA_BATCH_BYTES)))
                .toString());
    try (Program perf = Program.start(command);
        Admin admin = Admin.create(kafka.client())) {
      long from = System.nanoTime() + warmUp.toNanos();
      Measured measured =
          window(
              from,
              from + counted.toNanos(),
              () -> RawKafka.written(admin, topic, PARTITIONS),
              List.of(kafka.process(), ProcessHandle.of(perf.pid()).orElseThrow()));
      if (measured.messages == 0) {
        throw new IOException(perf.outputSoFar() + perf.errorsSoFar());
      }
      return measured;
    }
  }

  /** Those that the tool needs, wherever they are. */
  private static String kafkaJars() {
    return Stream.of(
            ProducerPerformance.class,
            ThroughputThrottler.class,
            Admin.class,
            ArgumentParser.class,
            Logger.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .collect(Collectors.joining(":"));
  }
}
