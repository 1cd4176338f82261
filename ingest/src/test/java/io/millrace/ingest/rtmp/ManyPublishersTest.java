package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.millrace.config.Configuration;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.IngestHarness;
import io.millrace.ingest.IngestMetrics;
import io.millrace.ingest.PublishAttempt;
import io.millrace.ingest.PublishDecision;
import io.millrace.ingest.Strangers;
import io.millrace.ingest.TrustingSocket;
import io.millrace.media.LiveConfig;
import io.millrace.media.LiveStreams;
import io.millrace.media.MediaEvent;
import io.millrace.media.PublishRequest;
import io.millrace.media.ReaderLimits;
import io.millrace.media.StreamKey;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.Message;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * More publishers on one event loop than are read as their bytes come, over real sockets: those of
 * epoll, where there is one, and Java's.
 */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class ManyPublishersTest {
  private static final Duration DEADLINE = Duration.ofSeconds(40);
  private static final int MANY = ReadTurns.FEW + 4;
  private static final Duration STALL = Duration.ofSeconds(1);
  private static final String FULL = "full";

  private static final int FRAMES = 5_000;
  private static final int FRAME_BYTES = 8_000;

  /** AAC LC with two channels. */
  private static final byte[] AAC_48_KHZ = {(byte) 0xAF, 0, 0x11, (byte) 0x90};

  private static List<FlvClip.Tag> clip = List.of();

  @TempDir private Path folder;
  private final boolean withNativeTransport;
  private final Vertx vertx;
  private final ReadTurns turns = new ReadTurns();
  private final Map<String, List<Buffer>> samples = new ConcurrentHashMap<>();
  private final List<FakeEncoder> encoders = new CopyOnWriteArrayList<>();
  private final CountDownLatch free = new CountDownLatch(1);
  private final Promise<PublishDecision> late = Promise.promise();
  private final AtomicLong progress = new AtomicLong();

  private IngestMetrics metrics;
  private LiveStreams streams;
  private Context loop;
  private NetServer plain;
  private NetServer secure;
  private volatile boolean block;

  ManyPublishersTest(boolean withNativeTransport) {
    this.withNativeTransport = withNativeTransport;
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(withNativeTransport));
  }

  @BeforeEach
  void haveTheTransport() {
    assumeThat(vertx.isNativeTransportEnabled())
        .as("native transport: %s", vertx.unavailableNativeTransportCause())
        .isEqualTo(withNativeTransport);
  }

  @BeforeAll
  static void makeTheClip() {
    clip = FlvClip.bigBuckBunny().first(Duration.ofSeconds(2));
  }

  @BeforeEach
  void listen() throws IOException {
    var ingest =
        new Configuration(
                Map.of("takeoverSilence", "10ms", "trackWait", "10ms"), Map.of(), Map.of())
            .root();
    PrometheusRegistry registry = new PrometheusRegistry();
    metrics = new IngestMetrics(registry);
    streams = new LiveStreams(vertx, LiveConfig.read(ingest), Clock.systemUTC(), registry);
    streams.onBroadcast(
        stream ->
            stream.addReader(
                "test",
                stream.home(),
                new ReaderLimits(1_000_000, 1L << 30),
                event -> arrived(stream.broadcast().stream().stream(), event)));
    var files = SelfSignedCertificate.keptIn(folder, Instant.now());
    NetServerOptions tls =
        new NetServerOptions()
            .setSsl(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertPath(files.certificate().toString())
                    .addKeyPath(files.key().toString()));
    IngestConfig config = IngestConfig.read(ingest);
    loop = vertx.getOrCreateContext();
    plain = listen(new NetServerOptions(), "rtmp", config);
    secure = listen(tls, "rtmps", config);
  }

  private NetServer listen(NetServerOptions options, String protocol, IngestConfig config) {
    Strangers strangers = new Strangers();
    return onLoop(
        () ->
            vertx
                .createNetServer(options)
                .connectHandler(
                    socket ->
                        RtmpConnection.serve(
                            vertx,
                            socket,
                            protocol,
                            config,
                            metrics,
                            strangers,
                            this::decide,
                            streams,
                            turns))
                .listen(0, "127.0.0.1"));
  }

  @AfterEach
  void stop() {
    free.countDown();
    encoders.forEach(FakeEncoder::close);
    IngestHarness.await(vertx.close());
  }

  @Test
  void everySampleOfEachArrivesByteForByte() {
    List<FakeEncoder> alone = publish(1, "alone");
    sendInTurns(alone);
    unpublish(alone);
    List<FakeEncoder> many = publish(MANY, "many");
    sendInTurns(many);
    unpublish(many);

    awaitSamples("alone-0", frames());
    for (int i = 0; i < MANY; i++) {
      awaitSamples("many-" + i, frames());
      assertThat(samples.get("many-" + i)).isEqualTo(samples.get("alone-0"));
    }
    long reads = onLoop(() -> Future.succeededFuture(turns.reads()));
    assertThat(reads > 0).as("read at turns, %d times", reads).isEqualTo(withNativeTransport);
  }

  @Test
  void whenHalfOfThemAreResetTheOthersGoOn() {
    List<FakeEncoder> all = publish(MANY, "half");
    sendInTurns(all);
    await().atMost(DEADLINE).until(() -> members() == MANY);
    // They have just sent, so that most of them are gone before their turn.
    all.subList(0, MANY / 2).forEach(FakeEncoder::reset);
    await().atMost(DEADLINE).until(() -> members() == MANY - MANY / 2);

    List<FakeEncoder> left = all.subList(MANY / 2, MANY);
    left.forEach(encoder -> encoder.media(clip, 2_000));
    unpublish(left);

    for (int i = MANY / 2; i < MANY; i++) {
      awaitSamples("half-" + i, 2 * frames());
    }
    await().atMost(DEADLINE).until(() -> members() == 0);
  }

  @Test
  void aPublisherOfAFullStreamIsHeldBackWhileTheOthersAreRead() throws InterruptedException {
    openElsewhere();
    late.complete(new PublishDecision.Allowed("main"));
    List<FakeEncoder> others = publish(MANY, "other");
    FakeEncoder full = open(0).publish("live", FULL);
    block = true;
    Thread sending = send(full, sound(FRAMES, FRAME_BYTES, 0));
    long sent = awaitHeldBack();

    sendInTurns(others);
    unpublish(others);
    for (int i = 0; i < MANY; i++) {
      awaitSamples("other-" + i, frames());
    }
    assertThat(progress).hasValue(sent);
    assertThat(sending.isAlive()).isTrue();

    free.countDown();
    sending.join();
    full.unpublish(FULL);
    awaitSamples(FULL, FRAMES);
  }

  @Test
  void aPublisherHeldBackBeforeItsDecisionStaysSoWhereTheStreamIsFullAtOnce()
      throws InterruptedException {
    openElsewhere();
    block = true;
    publish(MANY, "other");
    FakeEncoder full = open(0);
    full.connect("live").awaitResult(1);
    full.chunkSize(4096);
    full.command(0, "createStream", 4, (Object) null).awaitResult(4);
    full.command(1, "publish", 5, null, FULL, "live");
    // Each event counts for more than its payload, so that a megabyte of them fills the queue.
    int tiny = 100_000;
    List<FlvClip.Tag> much = new ArrayList<>(sound(tiny, 1, 0));
    much.addAll(sound(FRAMES, FRAME_BYTES, tiny));
    Thread sending = send(full, much);
    awaitHeldBack();

    late.complete(new PublishDecision.Allowed("main"));
    await().atMost(DEADLINE).until(() -> members() == MANY + 1);
    awaitHeldBack();
    assertThat(sending.isAlive()).isTrue();

    free.countDown();
    sending.join();
    full.unpublish(FULL);
    awaitSamples(FULL, tiny + FRAMES);
  }

  private Future<PublishDecision> decide(PublishAttempt attempt) {
    return attempt.stream().stream().equals(FULL)
        ? late.future()
        : Future.succeededFuture(new PublishDecision.Allowed("main"));
  }

  private void arrived(String stream, MediaEvent event) {
    if (event instanceof MediaEvent.SampleReady ready) {
      if (block && stream.equals(FULL)) {
        try {
          free.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      samples
          .computeIfAbsent(stream, name -> Collections.synchronizedList(new ArrayList<>()))
          .add(ready.sample().payload());
    }
  }

  private void awaitSamples(String stream, int count) {
    await(stream)
        .atMost(DEADLINE)
        .until(() -> samples.getOrDefault(stream, List.of()).size() == count);
  }

  /** Pictures and frames of sound in the clip. */
  private static int frames() {
    return (int) clip.stream().filter(tag -> tag.type() != Message.DATA && !tag.isHeader()).count();
  }

  /** Half of them within TLS. */
  private List<FakeEncoder> publish(int count, String name) {
    return IntStream.range(0, count)
        .mapToObj(i -> open(i).publish("live", name + "-" + i))
        .toList();
  }

  private static void unpublish(List<FakeEncoder> publishers) {
    publishers.forEach(encoder -> encoder.unpublish("done"));
  }

  private FakeEncoder open(int number) {
    FakeEncoder encoder =
        number % 2 == 0
            ? FakeEncoder.open(plain.actualPort(), Dialect.OBS)
            : FakeEncoder.open(() -> TrustingSocket.connect(secure.actualPort()), Dialect.OBS);
    encoders.add(encoder);
    return encoder;
  }

  /** Each message by itself, one of each encoder after the other. */
  private static void sendInTurns(List<FakeEncoder> all) {
    for (FlvClip.Tag tag : clip) {
      all.forEach(encoder -> encoder.media(List.of(tag), 0));
    }
  }

  /** Makes another event loop the home of the stream, on which somebody silent publishes. */
  private void openElsewhere() {
    StreamKey stream = new StreamKey("live", FULL);
    IngestHarness.await(
        vertx.deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                return streams.publish(
                    new PublishRequest(stream, "main", "test", "test", reason -> {}));
              }
            }));
  }

  /**
   * Sound with a frame of so many bytes every 64/3 ms.
   *
   * @param before how many frames went before
   */
  private static List<FlvClip.Tag> sound(int count, int bytes, int before) {
    List<FlvClip.Tag> tags = new ArrayList<>();
    if (before == 0) {
      tags.add(new FlvClip.Tag(Message.AUDIO, 0, AAC_48_KHZ));
    }
    byte[] frame = new byte[2 + bytes];
    frame[0] = AAC_48_KHZ[0];
    frame[1] = 1;
    for (int i = before; i < before + count; i++) {
      tags.add(new FlvClip.Tag(Message.AUDIO, i * 64L / 3, frame));
    }
    return tags;
  }

  /** Sends as fast as the server takes it. */
  private Thread send(FakeEncoder encoder, List<FlvClip.Tag> tags) {
    return Thread.ofVirtual()
        .start(
            () -> {
              for (int i = 0; i < tags.size(); i += 100) {
                encoder.media(tags.subList(i, Math.min(i + 100, tags.size())), 0);
                progress.incrementAndGet();
              }
            });
  }

  /** Waits until nothing more can be sent for many turns, longer than a busy machine stalls. */
  private long awaitHeldBack() {
    AtomicLong last = new AtomicLong();
    await()
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(10L * ReadTurns.MOST_MILLIS))
        .during(STALL)
        .until(
            () -> {
              long now = progress.get();
              return now > 0 && last.getAndSet(now) == now;
            });
    return last.get();
  }

  private int members() {
    return onLoop(() -> Future.succeededFuture(turns.members()));
  }

  private <T> T onLoop(Supplier<Future<T>> step) {
    Promise<T> done = Promise.promise();
    loop.runOnContext(v -> step.get().onComplete(done));
    return IngestHarness.await(done.future());
  }
}
