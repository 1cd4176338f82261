package io.millrace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.config.Configuration;
import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.StreamKey;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens on the socket around the protocol: deadlines, limits, taking over, stopping. */
class RtmpSocketTest {
  private static final Duration DEADLINE = Duration.ofSeconds(40);
  private static final String ADDRESS = "live/demo" + IngestHarness.QUERY;

  private static final StreamKey STREAM = new StreamKey("live", "demo");
  private static final int UNKNOWN_TYPE = 77;

  // Held here: Vert.x closes the connections of a client that nobody refers to.
  private final List<NetClient> clients = new ArrayList<>();
  private IngestHarness ingest;

  @AfterEach
  void stop() {
    ingest.close();
  }

  // RTMP R4
  @Test
  void aPeerThatNeverShakesHandsIsClosed() {
    ingest = new IngestHarness(Map.of("handshakeTimeout", "50ms"));
    NetSocket socket = connect();
    awaitClosed("handshake-timeout", 1);
    awaitNoConnections();
    assertThat(socket).isNotNull();
  }

  // RTMP R4
  @Test
  void aPeerThatNeverPublishesIsClosed() {
    ingest = new IngestHarness(Map.of("publishTimeout", "50ms"));
    NetSocket socket = connect();
    socket.write(Buffer.buffer().appendByte((byte) 3).appendBytes(new byte[3072]));
    awaitClosed("publish-timeout", 1);
    awaitNoConnections();
  }

  // RTMP R3
  @Test
  void whatIsNotRtmpIsClosedAtOnce() {
    ingest = new IngestHarness(Map.of());
    connect().write("GET / HTTP/1.1\r\n\r\n");
    awaitClosed("not-rtmp", 1);
    awaitNoConnections();
  }

  @Test
  void connectionsBeyondTheLimitAreClosed() {
    ingest = new IngestHarness(Map.of("maxConnections", 2));
    connect();
    connect();
    await().atMost(DEADLINE).until(() -> ingest.metrics.connections.labelValues("rtmp").get() == 2);
    connect();
    awaitClosed("too-many-connections", 1);
    assertThat(ingest.metrics.connections.labelValues("rtmp").get()).isEqualTo(2);
  }

  @Test
  void anAddressHasItsShareOfTheConnections() {
    ingest = new IngestHarness(Map.of("maxConnectionsPerAddress", 1));
    NetSocket first = connect();
    await().atMost(DEADLINE).until(() -> ingest.metrics.connections.labelValues("rtmp").get() == 1);
    connect();
    awaitClosed("too-many-connections-of-address", 1);
    first.close();
    awaitNoConnections();
    publisher();
  }

  // Enhanced RTMP, reconnect request
  @Test
  void anEncoderThatCanIsAskedToReconnectWhenTheServerStops() {
    ingest = new IngestHarness(Map.of());
    try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.LARIX)) {
      encoder.publish("live", ADDRESS.substring("live/".length()));
      IngestHarness.await(ingest.streams.close());
      FakeEncoder.Answer request =
          encoder.awaitAnswer(
              answer -> answer.info("code").equals("NetConnection.Connect.ReconnectRequest"),
              "a reconnect request");
      assertThat(request.info("level")).isEqualTo("status");
      assertThat(request.info("description")).isEqualTo("this server is stopping");
      encoder.awaitClosed();
    }
  }

  @Test
  void aSilentPublisherIsALostConnection() {
    ingest = new IngestHarness(Map.of("idleTimeout", "100ms", "lossGrace", "50ms"));
    publisher();
    awaitClosed("idle", 1);
    await().atMost(DEADLINE).until(() -> ingest.streams.statuses().isEmpty());
  }

  // RTMP R22
  @Test
  void aNewPublisherTakesOverFromASilentOneWhichIsTold() {
    ingest = new IngestHarness(Map.of("takeoverSilence", "50ms"));
    RtmpPublisher first = publisher();
    RtmpPublisher second = publisher();
    assertThatThrownBy(() -> IngestHarness.await(first.closed()))
        .hasMessageContaining("another publisher took over");
    assertThat(second.closed().isComplete()).isFalse();
    awaitClosed("taken-over", 1);
  }

  // RTMP R21
  @Test
  void endingIsTheEndOfTheBroadcastAfterItsGrace() {
    ingest = new IngestHarness(Map.of("endGrace", "50ms"));
    RtmpPublisher publisher = publisher();
    IngestHarness.await(publisher.end());
    await().atMost(DEADLINE).until(() -> ingest.streams.statuses().isEmpty());
    assertThat(ingest.events).containsExactly(new MediaEvent.Ended(EndReason.UNPUBLISHED));
  }

  @Test
  void aPublisherIsToldThatTheServerIsStopping() {
    ingest = new IngestHarness(Map.of());
    RtmpPublisher publisher = publisher();
    IngestHarness.await(ingest.server.stop());
    assertThatThrownBy(() -> IngestHarness.await(publisher.closed()))
        .hasMessageContaining("this server is stopping");
    assertThatThrownBy(this::connect).hasMessageContaining("Connection refused");
    ingest = new IngestHarness(Map.of());
  }

  @Test
  void newcomersAreClosedWithoutAWordWhileOthersAreToldThatTheServerIsStopping() throws Exception {
    ingest = new IngestHarness(Map.of());
    int port = ingest.server.rtmpPort();
    try (FakeEncoder encoder = FakeEncoder.open(port, Dialect.LARIX)) {
      encoder.publish("live", ADDRESS.substring("live/".length()));
      Future<Void> stopped = ingest.server.stop();
      awaitClosed("shutdown", 1);
      int answered = 0;
      while (!stopped.isComplete()) {
        try (Socket newcomer = new Socket(InetAddress.getLoopbackAddress(), port)) {
          newcomer.setSoTimeout((int) DEADLINE.toMillis());
          newcomer.getOutputStream().write(new byte[] {3});
          newcomer.getOutputStream().write(new byte[1536]);
          answered += newcomer.getInputStream().readAllBytes().length;
        } catch (SocketException e) {
          // Refused or reset: that is no answer either.
          assertThat(e).hasMessageMatching("(?i).*(refused|reset|broken pipe).*");
        }
      }
      assertThat(answered).isZero();
    }
    ingest = new IngestHarness(Map.of());
  }

  /** RTMP R21: an encoder that publishes again on its connection begins its count anew. */
  @Test
  void messagesThatWereSkippedBeforeAPublicationDoNotCountForIt() {
    ingest = new IngestHarness(Map.of("endGrace", "30s"));
    try (FakeEncoder encoder = FakeEncoder.open(ingest.server.rtmpPort(), Dialect.OBS)) {
      String name = ADDRESS.substring("live/".length());
      List<FlvClip.Tag> tags =
          FlvClip.bigBuckBunny().first(Duration.ofSeconds(1)).stream().toList();
      encoder.publish("live", name).media(tags, 0);
      for (int i = 0; i < 5; i++) {
        encoder.send(new Message(3, UNKNOWN_TYPE, 1, 0, new byte[1]));
      }
      awaitSkipped(5);
      encoder.unpublish(name);
      encoder.forget();
      encoder.publish("live", name).media(tags, 0);
      encoder.send(new Message(3, UNKNOWN_TYPE, 1, 0, new byte[1]));
      awaitSkipped(6);
    }
  }

  private void awaitSkipped(long count) {
    await()
        .atMost(DEADLINE)
        .until(
            () -> ingest.streams.find(STREAM).orElseThrow().health().skippedMessages(),
            n -> n == count);
  }

  @Test
  void whenNobodyCanDecideAPublisherIsRefused() {
    for (PublishAuthorizer broken :
        List.<PublishAuthorizer>of(
            attempt -> Future.failedFuture("the catalogue is away"),
            attempt -> {
              throw new IllegalStateException("a defect");
            })) {
      ingest = new IngestHarness(Map.of(), broken, event -> {});
      assertThatThrownBy(this::publisher)
          .hasMessageContaining("the server cannot take this stream now");
      assertThat(ingest.streams.statuses()).isEmpty();
      ingest.close();
    }
    ingest =
        new IngestHarness(
            Map.of("publishTimeout", "3s"), // the publisher has to have asked by then
            a -> Promise.<PublishDecision>promise().future(),
            event -> {});
    assertThatThrownBy(this::publisher).hasMessageContaining("could not decide");
  }

  @Test
  void aPublisherIsToldWhenItsStreamCannotBeHandledHere() {
    ingest =
        new IngestHarness(
            Map.of("trackWait", "10ms"),
            attempt -> Future.succeededFuture(new PublishDecision.Allowed("main")),
            event -> {
              if (event instanceof MediaEvent.SampleReady) {
                throw new IllegalStateException("a defect");
              }
            });
    String clip = Clips.bigBuckBunny().toString();
    try (Program ffmpeg =
        Ffmpeg.start(
            "-re",
            "-stream_loop",
            "-1",
            "-i",
            clip,
            "-c",
            "copy",
            "-f",
            "flv",
            ingest.url(ADDRESS))) {
      awaitClosed("failed", 1);
      awaitNoConnections();
      assertThat(ffmpeg).isNotNull();
    }
  }

  @Test
  void aPublisherIsPausedWhileItsStreamCannotTakeMore() {
    CountDownLatch free = new CountDownLatch(1);
    AtomicBoolean block = new AtomicBoolean();
    ingest =
        new IngestHarness(
            Map.of("endGrace", "30s"),
            attempt -> Future.succeededFuture(new PublishDecision.Allowed("main")),
            event -> {
              if (block.get() && event instanceof MediaEvent.SampleReady) {
                awaitLatch(free);
              }
            });
    // The stream's home is the first publisher's event loop; the next one comes on the other.
    String clip = Clips.bigBuckBunny().toString();
    Ffmpeg.run(DEADLINE, "-t", "1", "-i", clip, "-c", "copy", "-f", "flv", ingest.url(ADDRESS))
        .orFail();
    awaitNoConnections();
    int before = ingest.samples(2).size();
    block.set(true);
    try (Program ffmpeg =
        Ffmpeg.start(
            "-stream_loop", "7", "-i", clip, "-c", "copy", "-f", "flv", ingest.url(ADDRESS))) {
      long queue = 8L << 20;
      // Each event counts for somewhat more than its payload.
      await().atMost(DEADLINE).until(() -> received() > queue * 3 / 4);
      AtomicLong last = new AtomicLong();
      await()
          .atMost(DEADLINE)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> last.getAndSet(received()) == received());
      assertThat(received()).isLessThan(queue + (4 << 20));
      free.countDown();
      ffmpeg.await(Duration.ofSeconds(30)).orFail();
    }
    await().atMost(DEADLINE).until(() -> ingest.samples(2).size() == before + 8 * 1408);
    assertThat(received()).isGreaterThan(30_000_000);
  }

  @Test
  void aBusyPortFailsTheStart() {
    ingest = new IngestHarness(Map.of());
    IngestConfig config =
        IngestConfig.read(
            new Configuration(
                    Map.of("rtmp", Map.of("port", ingest.server.rtmpPort())), Map.of(), Map.of())
                .root());
    Vertx other = Vertx.vertx();
    try {
      assertThatThrownBy(
              () ->
                  IngestHarness.await(
                      IngestServer.start(
                          other, 1, config, attempt -> null, ingest.streams, ingest.metrics)))
          .hasRootCauseInstanceOf(BindException.class);
    } finally {
      IngestHarness.await(other.close());
    }
  }

  @Test
  void manyPublishersOfManyStreamsDontDisturbEachOther() {
    ingest = new IngestHarness(Map.of());
    String key = URLEncoder.encode(IngestHarness.KEY, UTF_8);
    for (int i = 0; i < 20; i++) {
      IngestHarness.await(
          RtmpPublisher.connect(
              ingest.vertx, URI.create(ingest.url("live/s" + i + "?key=" + key))));
    }
    assertThat(ingest.streams.statuses()).hasSize(20);
    IngestHarness.await(
        ingest.streams.end(ingest.attempts.get(3).stream(), EndReason.ENDED_BY_API));
    await().atMost(DEADLINE).until(() -> ingest.streams.statuses().size() == 19);
    await()
        .atMost(DEADLINE)
        .until(() -> ingest.metrics.connections.labelValues("rtmp").get() == 19);
  }

  private long received() {
    return (long) ingest.metrics.receivedBytes.labelValues("rtmp").get();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private RtmpPublisher publisher() {
    return IngestHarness.await(
        RtmpPublisher.connect(ingest.vertx, URI.create(ingest.url(ADDRESS))));
  }

  private NetSocket connect() {
    NetClient client = ingest.vertx.createNetClient();
    clients.add(client);
    return IngestHarness.await(client.connect(ingest.server.rtmpPort(), "127.0.0.1"));
  }

  private void awaitClosed(String reason, int count) {
    await()
        .atMost(DEADLINE)
        .until(() -> ingest.metrics.closed.labelValues("rtmp", reason).get() == count);
  }

  private void awaitNoConnections() {
    await().atMost(DEADLINE).until(() -> ingest.metrics.connections.labelValues("rtmp").get() == 0);
  }
}
