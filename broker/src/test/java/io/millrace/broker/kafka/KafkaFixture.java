package io.millrace.broker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.children.DataDirectory;
import io.millrace.testkit.TempFolder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * A Kafka broker in a process of its own, with a log on it; registered as a static extension, it is
 * started once for all test classes of a JVM, which leave it running and name their namespaces
 * apart. One of several JVMs is given its classes one by one, each in a test plan of its own.
 */
final class KafkaFixture implements BeforeAllCallback {
  /** What is closed when all tests have run. */
  private static final class Running implements AutoCloseable {
    private final TempFolder folder = TempFolder.create("millrace-kafka-");
    private final Vertx vertx = Vertx.vertx();
    private final DataDirectory data;
    private final EmbeddedKafka kafka;
    private final KafkaLog log;
    private final Admin admin;

    private Running() throws Exception {
      data = DataDirectory.open(folder.path());
      kafka = EmbeddedKafka.start(data, Clients.PROGRAM, Clock.systemUTC());
      log = get(open(vertx, kafka, config(64 << 20)));
      admin = Admin.create(Clients.properties(kafka.address()));
    }

    @Override
    public void close() {
      try {
        get(log.close());
        admin.close();
        get(vertx.close());
        kafka.close();
        data.close();
        folder.close();
      } catch (Exception e) {
        throw new IllegalStateException("Kafka does not stop", e);
      }
    }
  }

  private Running running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getStore(StoreScope.LAUNCHER_SESSION, ExtensionContext.Namespace.GLOBAL)
            .getOrComputeIfAbsent(
                Running.class,
                key -> {
                  try {
                    return new Running();
                  } catch (Exception e) {
                    throw new IllegalStateException("Kafka does not start", e);
                  }
                },
                Running.class);
  }

  Vertx vertx() {
    return running.vertx;
  }

  EmbeddedKafka kafka() {
    return running.kafka;
  }

  /** Where it listens on this machine. */
  int port() {
    String address = running.kafka.address().bootstrapServers();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  KafkaLog log() {
    return running.log;
  }

  Admin admin() {
    return running.admin;
  }

  /** Another node's; to be closed. */
  KafkaLog open(long pendingBytes) throws Exception {
    return open("", pendingBytes);
  }

  /** The same, with topics of its own. */
  KafkaLog open(String topicPrefix, long pendingBytes) throws Exception {
    return get(open(running.vertx, running.kafka, config(topicPrefix, pendingBytes)));
  }

  private static Future<KafkaLog> open(Vertx vertx, EmbeddedKafka kafka, KafkaConfig config) {
    return KafkaLog.open(
        vertx,
        KafkaConnection.to(kafka.address()),
        config,
        new KafkaLogMetrics(new PrometheusRegistry()));
  }

  static KafkaConfig config(long pendingBytes) {
    return config("", pendingBytes);
  }

  private static KafkaConfig config(String topicPrefix, long pendingBytes) {
    return new KafkaConfig(
        List.of(), topicPrefix, Optional.empty(), Optional.empty(), pendingBytes, 4);
  }

  /** A namespace that is logged. */
  Namespace make(String name, int partitions) throws Exception {
    Namespace namespace =
        new Namespace(
            name,
            1,
            partitions,
            Durability.LOGGED,
            Duration.ofDays(1),
            Namespace.UNBOUNDED,
            1 << 20);
    get(running.log.put(namespace));
    return namespace;
  }

  /** Everything that a partition holds, read in parts of this size. */
  List<Message> history(PartitionRef partition, int maxBytes) throws Exception {
    List<Message> all = new ArrayList<>();
    Slice slice = get(running.log.history().read(partition, 0, maxBytes));
    while (slice.next() > slice.from()) {
      all.addAll(slice.messages());
      slice = get(running.log.history().read(partition, slice.next(), maxBytes));
    }
    return all;
  }

  /** A client of Kafka's own. */
  KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> properties = Clients.properties(running.kafka.address());
    properties.putAll(more);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static CompletableFuture<Message> append(Appender appender, Publication publication) {
    CompletableFuture<Message> done = new CompletableFuture<>();
    appender.append(
        publication,
        new AppendResult() {
          @Override
          public void appended(int partition, long offset, long timestamp) {
            done.complete(
                new Message(
                    publication.path(),
                    partition,
                    offset,
                    timestamp,
                    null,
                    false,
                    Message.NEVER,
                    Headers.NONE,
                    publication.payload()));
          }

          @Override
          public void failed(LogException reason) {
            done.completeExceptionally(reason);
          }
        });
    return done;
  }

  /** Null when it was appended. */
  static Reason reasonOf(CompletableFuture<Message> done) throws Exception {
    try {
      done.get(20, TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      return ((LogException) e.getCause()).reason();
    }
  }

  static byte[] bytes(int number) {
    return Integer.toString(number).getBytes(UTF_8);
  }

  static int number(Message message) {
    return Integer.parseInt(new String(message.payload(), UTF_8));
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
