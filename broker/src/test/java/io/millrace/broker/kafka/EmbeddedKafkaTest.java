package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.children.DataDirectory;
import io.millrace.children.ProcessIdentity;
import io.millrace.config.Secret;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real child; one for all tests that leave it running. */
@Timeout(90)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedKafkaTest {
  /** Two seconds are promised; a machine that builds several things at once may take longer. */
  private static final Duration UNDER_LOAD = Duration.ofSeconds(8);

  private static final Duration RESTART = Duration.ofSeconds(40);

  @TempDir private static Path directory;
  private DataDirectory data;
  private EmbeddedKafka kafka;

  @BeforeAll
  void startIt() throws IOException {
    data = DataDirectory.open(directory.resolve("data"));
    kafka = EmbeddedKafka.start(data, Clients.PROGRAM, Clock.systemUTC());
  }

  @AfterAll
  void stopIt() throws IOException {
    kafka.close();
    assertThat(kafka.pid()).isNegative();
    assertThat(kafka.state()).isEqualTo(new KafkaState.Stopped());
    data.close();
  }

  @Test
  void whoeverKnowsThePasswordWritesAndReads() throws Exception {
    Clients.makeTopic(kafka.address(), "letters");
    try (var producer = Clients.producer(kafka.address())) {
      for (String letter : List.of("a", "b", "c")) {
        producer.send(new ProducerRecord<>("letters", letter)).get();
      }
    }

    assertThat(Clients.readAll(kafka.address(), "letters")).containsExactly("a", "b", "c");
    assertThat(kafka.state()).isEqualTo(new KafkaState.Ready());
  }

  @Test
  void whoeverDoesNotKnowThePasswordIsRefused() {
    KafkaAddress right = kafka.address();
    KafkaAddress wrong =
        new KafkaAddress(right.bootstrapServers(), right.user(), new Secret("guessed"));

    assertThatThrownBy(() -> topics(Clients.properties(wrong)))
        .hasCauseInstanceOf(SaslAuthenticationException.class);
    // Who cannot speak to it has no answer.
    Map<String, Object> hasty =
        Map.of(
            "bootstrap.servers",
            right.bootstrapServers(),
            "request.timeout.ms",
            1500,
            "default.api.timeout.ms",
            2000);
    assertThatThrownBy(() -> topics(hasty)).isInstanceOf(ExecutionException.class);
  }

  @Test
  void thePasswordIsInFilesThatOnlyTheirOwnerReadsAndInNoCommandLine() throws IOException {
    for (String name : List.of("password", "settings")) {
      Path file = data.path().resolve("kafka").resolve(name);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(file).content().contains(kafka.address().password().reveal());
    }
    assertThat(Files.readString(Path.of("/proc/" + kafka.pid() + "/cmdline")))
        .contains("io.millrace.kafka.Main")
        .doesNotContain(kafka.address().password().reveal());
    assertThat(kafka.address().toString()).doesNotContain(kafka.address().password().reveal());
  }

  @Test
  void nothingThatWasAcknowledgedIsLostWhenItIsKilledUnderLoad() throws Exception {
    Clients.makeTopic(kafka.address(), "numbers");
    KafkaAddress address = kafka.address();
    long killed = kafka.pid();
    long before = kafka.restarts();
    Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
    try (var producer = Clients.producer(address)) {
      int next = send(producer, 0, acknowledged, 5000);
      ProcessHandle.of(killed).orElseThrow().destroyForcibly();
      KafkaState restarting = await().until(kafka::state, KafkaState.Restarting.class::isInstance);
      assertThat(restarting.detail()).contains("started again since").contains("was killed");
      // The producer keeps what is on its way, and goes on by itself.
      next = send(producer, next, acknowledged, next + 1000);
      await().atMost(RESTART).until(() -> kafka.state() instanceof KafkaState.Ready);
      send(producer, next, acknowledged, next + 1000);
      producer.flush();
    }

    assertThat(kafka.pid()).isPositive().isNotEqualTo(killed);
    assertThat(kafka.restarts()).isEqualTo(before + 1);
    assertThat(kafka.address()).isEqualTo(address);
    List<Integer> read =
        Clients.readAll(address, "numbers").stream().map(Integer::valueOf).toList();
    assertThat(acknowledged).hasSizeGreaterThan(5000);
    assertThat(read).doesNotHaveDuplicates().isSorted().containsAll(acknowledged);
  }

  @Test
  void oneThatAnswersNobodyIsEndedAndStartedAgain() throws Exception {
    Clients.makeTopic(kafka.address(), "watched");
    long frozen = kafka.pid();
    long before = kafka.restarts();
    Vertx vertx = Vertx.vertx();
    Duration limit = Duration.ofSeconds(1);
    try (Admin admin = Admin.create(Clients.properties(kafka.address()));
        ClusterWatch watch =
            new ClusterWatch(
                vertx,
                admin,
                "watched",
                String::valueOf,
                new ClusterWatch.Patience(limit, limit, limit, Duration.ofSeconds(4)),
                kafka)) {
      watch.start();
      assertThat(new ProcessBuilder("kill", "-STOP", String.valueOf(frozen)).start().waitFor())
          .isZero();

      await().atMost(RESTART).until(() -> watch.trouble().isPresent());
      await().atMost(RESTART).until(() -> kafka.restarts() > before);
      await().atMost(RESTART).until(() -> watch.trouble().isEmpty());
      assertThat(kafka.pid()).isPositive().isNotEqualTo(frozen);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void nobodyElseGetsItsPortWhileItIsDown() throws Exception {
    KafkaAddress address = kafka.address();
    long before = kafka.restarts();
    int port = Integer.parseInt(address.bootstrapServers().replaceFirst(".*:", ""));
    ProcessHandle.of(kafka.pid()).orElseThrow().destroyForcibly();
    await()
        .atMost(RESTART)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              try (ServerSocket thief = new ServerSocket()) {
                assertThatThrownBy(
                        () ->
                            thief.bind(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
                    .isInstanceOf(BindException.class);
              }
              return kafka.restarts() > before;
            });
    assertThat(kafka.address()).isEqualTo(address);
    assertThat(topics(Clients.properties(address))).isNotNull();
  }

  @Test
  void endsWithItsServerHoweverThatEndsAndGoesOnWithTheNext() throws Exception {
    Path home = directory.resolve("killed");
    Process server =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KafkaServerForTest.class.getName(),
                home.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    ProcessIdentity child;
    try (var output =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      String line = output.readLine();
      while (!line.startsWith("kafka ")) {
        line = output.readLine();
      }
      List<String> words = List.of(line.split(" ", -1));
      child = ProcessIdentity.of(Long.parseLong(words.get(1))).orElseThrow();
      KafkaAddress address = new KafkaAddress(words.get(2), "millrace", new Secret(words.get(3)));
      Clients.makeTopic(address, "kept");
      try (var producer = Clients.producer(address)) {
        producer.send(new ProducerRecord<>("kept", "before")).get();
      }
      server.destroyForcibly();
      server.waitFor();

      await()
          .atMost(UNDER_LOAD)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !child.isRunning());
    } finally {
      server.destroyForcibly();
    }
    try (DataDirectory again = DataDirectory.open(home);
        EmbeddedKafka next = EmbeddedKafka.start(again, Clients.PROGRAM, Clock.systemUTC())) {
      assertThat(Clients.readAll(next.address(), "kept")).containsExactly("before");
    }
  }

  @Test
  void saysWhyItCannotBeStarted() throws Exception {
    try (DataDirectory other = DataDirectory.open(directory.resolve("other"))) {
      Path log = Files.createDirectories(other.path().resolve("kafka/log"));
      Files.writeString(log.resolve("meta.properties"), "version=99\nnode.id=1\n");

      assertThatThrownBy(() -> EmbeddedKafka.start(other, Clients.PROGRAM, Clock.systemUTC()))
          .isInstanceOf(KafkaUnavailableException.class)
          .hasMessageContaining("meta.properties")
          .hasMessageContaining("broker.kafka.bootstrapServers");
    }
  }

  /** Sends numbers from this one to that one; those that are acknowledged are noted. */
  private static int send(
      KafkaProducer<String, String> producer, int from, Set<Integer> acknowledged, int to) {
    for (int i = from; i < to; i++) {
      int number = i;
      var _ =
          producer.send(
              new ProducerRecord<>("numbers", String.valueOf(number)),
              (metadata, failure) -> {
                if (failure == null) {
                  acknowledged.add(number);
                }
              });
    }
    return to;
  }

  private static Set<String> topics(Map<String, Object> properties) throws Exception {
    try (Admin admin = Admin.create(properties)) {
      return admin.listTopics().names().get(40, TimeUnit.SECONDS);
    }
  }
}
