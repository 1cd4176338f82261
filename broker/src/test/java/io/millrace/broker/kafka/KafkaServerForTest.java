package io.millrace.broker.kafka;

import io.millrace.children.DataDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** A server in a process of its own, to be killed: starts Kafka and waits for ever. */
final class KafkaServerForTest {
  private KafkaServerForTest() {}

  /** Prints Kafka's process id, its address and its password once it runs. */
  public static void main(String[] args) throws Exception {
    DataDirectory data = DataDirectory.open(Path.of(args[0]));
    EmbeddedKafka kafka = EmbeddedKafka.start(data, Clients.PROGRAM, Clock.systemUTC());
    KafkaAddress address = kafka.address();
    System.out.println(
        "kafka "
            + kafka.pid()
            + " "
            + address.bootstrapServers()
            + " "
            + address.password().reveal());
    System.out.flush();
    Thread.sleep(Duration.ofMinutes(2));
  }
}
