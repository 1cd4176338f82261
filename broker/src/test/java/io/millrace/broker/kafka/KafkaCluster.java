package io.millrace.broker.kafka;

import io.millrace.broker.kafka.KafkaConfig.Sasl;
import io.millrace.broker.kafka.KafkaConfig.Tls;
import io.millrace.config.Secret;
import io.millrace.http.CertificateFiles;
import io.millrace.http.SelfSignedCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * A cluster as others run them: three processes, each broker and controller, which clients reach
 * over TLS with SCRAM, and which makes topics on demand, as Kafka does by default. A process can be
 * killed; ports stay the cluster's own.
 */
final class KafkaCluster implements AutoCloseable {
  static final int NODES = 3;
  private static final String USER = "millrace";
  private static final String PASSWORD = "correct-horse";

  /** So many of each process: for clients, for each other, of the controllers. */
  private static final int PORTS = 3;

  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("process.roles", "broker,controller"),
          Map.entry("controller.listener.names", "CONTROLLER"),
          Map.entry("inter.broker.listener.name", "INTERNAL"),
          Map.entry(
              "listener.security.protocol.map",
              "CLIENTS:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT"),
          Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
          Map.entry(
              "listener.name.clients.scram-sha-512.sasl.jaas.config",
              "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
          Map.entry("default.replication.factor", "3"),
          Map.entry("min.insync.replicas", "2"),
          Map.entry("auto.create.topics.enable", "true"),
          // A broker that is dead is found so soon.
          Map.entry("broker.heartbeat.interval.ms", "400"),
          Map.entry("broker.session.timeout.ms", "2000"),
          Map.entry("controller.quorum.election.timeout.ms", "500"),
          Map.entry("controller.quorum.fetch.timeout.ms", "1500"),
          Map.entry("replica.lag.time.max.ms", "5000"),
          Map.entry("num.network.threads", "2"),
          Map.entry("num.io.threads", "2"),
          Map.entry("log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20)));

  private final Path directory;
  private final CertificateFiles certificate;
  private final String id = Uuid.randomUuid().toString();
  private final List<SocketChannel> kept = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  private KafkaCluster(Path directory) throws IOException {
    this.directory = directory;
    this.certificate = SelfSignedCertificate.keptIn(directory.resolve("tls"), Instant.now());
  }

  /** Returns when all of it serves. */
  static KafkaCluster start(Path directory) throws IOException {
    KafkaCluster cluster = new KafkaCluster(directory);
    try {
      for (int i = 0; i < NODES * PORTS; i++) {
        cluster.keepPort();
      }
      for (int node = 0; node < NODES; node++) {
        cluster.processes.add(cluster.run(node));
      }
      for (Process process : cluster.processes) {
        cluster.awaitReady(process);
      }
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void keepPort() throws IOException {
    SocketChannel socket = SocketChannel.open();
    kept.add(socket);
    socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private String address(int node, int listener) {
    return "127.0.0.1:" + kept.get(node * PORTS + listener).socket().getLocalPort();
  }

  private Process run(int node) throws IOException {
    Properties properties = new Properties();
    properties.putAll(SETTINGS);
    properties.put("node.id", String.valueOf(node));
    properties.put("log.dirs", directory.resolve("log" + node).toString());
    String served = "CLIENTS://%s,INTERNAL://%s".formatted(address(node, 0), address(node, 1));
    properties.put("listeners", served + ",CONTROLLER://" + address(node, 2));
    properties.put("advertised.listeners", served);
    properties.put(
        "controller.quorum.voters",
        IntStream.range(0, NODES)
            .mapToObj(voter -> voter + "@" + address(voter, 2))
            .collect(Collectors.joining(",")));
    properties.put("listener.name.clients.ssl.keystore.type", "PEM");
    properties.put(
        "listener.name.clients.ssl.keystore.certificate.chain",
        Files.readString(certificate.certificate()));
    properties.put("listener.name.clients.ssl.keystore.key", Files.readString(certificate.key()));
    Path file = directory.resolve("node" + node + ".properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xmx192m",
            "-cp",
            System.getProperty("java.class.path"),
            ClusterNode.class.getName(),
            file.toString(),
            id,
            USER,
            PASSWORD)
        .redirectErrorStream(true)
        .start();
  }

  /** What it says afterwards is read on, lest it waits for a reader. */
  private void awaitReady(Process process) throws IOException {
    BufferedReader output = process.inputReader();
    List<String> said = new ArrayList<>();
    for (String line = output.readLine(); !"ready".equals(line); line = output.readLine()) {
      if (line == null) {
        throw new IOException("a process of the cluster has ended: " + String.join("\n", said));
      }
      said.add(line);
    }
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                output.transferTo(Writer.nullWriter());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** How Millrace is told of it. */
  KafkaConfig config() {
    return config(PASSWORD, certificate.certificate());
  }

  /**
   * As above, of somebody who is mistaken.
   *
   * @param authority whose certificates are believed
   */
  KafkaConfig config(String password, Path authority) {
    return new KafkaConfig(
        IntStream.range(0, NODES).mapToObj(node -> address(node, 0)).toList(),
        "",
        Optional.of(new Tls(Optional.of(authority), Optional.empty(), Optional.empty())),
        Optional.of(new Sasl(Sasl.Mechanism.SCRAM_SHA_512, USER, new Secret(password))),
        64 << 20,
        4);
  }

  /** The same in the configuration's own form. */
  Map<String, Object> section() {
    KafkaConfig config = config();
    return Map.of(
        "bootstrapServers",
        config.bootstrapServers(),
        "tls",
        Map.of("enabled", true, "authority", certificate.certificate().toString()),
        "sasl",
        Map.of("mechanism", "scram-sha-512", "user", USER, "password", PASSWORD));
  }

  Admin admin() throws IOException {
    KafkaConnection connection = KafkaConnection.to(config());
    Map<String, Object> properties = new HashMap<>(connection.security());
    properties.put("bootstrap.servers", String.join(",", connection.bootstrapServers()));
    return Admin.create(properties);
  }

  /** {@code kill -9}. */
  void kill(int node) throws InterruptedException {
    processes.get(node).destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException {
    for (Process process : processes) {
      process.destroyForcibly();
    }
    for (SocketChannel socket : kept) {
      socket.close();
    }
  }
}
