package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.MediaEvent;
import io.millrace.media.ReaderLimits;
import io.millrace.testkit.Seeds;
import io.millrace.testkit.rtmp.Amf;
import io.millrace.testkit.rtmp.Bytes;
import io.millrace.testkit.rtmp.ChunkForm;
import io.millrace.testkit.rtmp.ChunkWriter;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Strangers do their worst while a good encoder is on air next to them. Each of its pictures must
 * come through within {@link #LATEST} of being sent, whatever happens.
 */
class HostileInputTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** Measured on two cores with a load average of 15: 5 to 220 ms. */
  private static final Duration LATEST = Duration.ofMillis(1500);

  /**
   * While 5,000 connections are opened as fast as they can be, they and the test itself share the
   * processor with the good stream: measured as {@link #LATEST}, 2.1 s.
   */
  private static final Duration LATEST_WHILE_FLOODED = Duration.ofSeconds(8);

  private static final String QUERY =
      "?key=" + URLEncoder.encode(IngestHarness.KEY, StandardCharsets.UTF_8);

  private static IngestHarness ingest;
  private static List<FlvClip.Tag> clip;
  private static byte[] whole;

  private GoodStream good;
  private Duration latest = LATEST;

  @BeforeAll
  static void start() {
    ingest =
        new IngestHarness(
            Map.of(
                "endGrace", "20ms",
                "lossGrace", "20ms",
                "handshakeTimeout", "2s",
                "publishTimeout", "2s",
                "maxConnectionsPerAddress", 1000));
    clip = FlvClip.bigBuckBunny().first(Duration.ofSeconds(2));
    whole = publication("victim");
  }

  @AfterAll
  static void stop() {
    ingest.close();
  }

  @BeforeEach
  void goOnAir() throws InterruptedException {
    good = new GoodStream();
  }

  @AfterEach
  void theGoodStreamWasNeverLateAndEveryoneElseIsGone() throws InterruptedException {
    good.stop();
    assertThat(good.latest()).isLessThan(latest);
    assertThat(good.pictures()).isPositive();
    await().atMost(DEADLINE).until(() -> ingest.metrics.connections.labelValues("rtmp").get() == 0);
    await().atMost(DEADLINE).until(() -> ingest.streams.statuses().isEmpty());
  }

  // RTMP R3
  @Test
  void oneByteAtATime() throws IOException {
    byte[] begin = Arrays.copyOf(whole, 12_000);
    try (Socket socket = connect()) {
      socket.setTcpNoDelay(true);
      for (byte octet : begin) {
        socket.getOutputStream().write(octet);
      }
      await().atMost(DEADLINE).until(() -> ingest.streams.statuses().size() == 2);
    }
  }

  // RTMP R32
  @Test
  void truncatedAnywhere() {
    Seeds.forEach(60, random -> throwAt(Arrays.copyOf(whole, 1 + random.nextInt(whole.length))));
  }

  // RTMP R32
  @Test
  void bitsFlippedAnywhere() {
    Seeds.forEach(
        60,
        random -> {
          byte[] bytes = whole.clone();
          int from = random.nextInt(4) == 0 ? 0 : 3073;
          int within = random.nextBoolean() ? 2000 : bytes.length - from;
          for (int i = 0; i < 1 + random.nextInt(10); i++) {
            bytes[from + random.nextInt(within)] ^= (byte) (1 << random.nextInt(8));
          }
          throwAt(bytes);
        });
  }

  // RTMP R10
  @Test
  void gigabytesAnnounced() throws IOException {
    long before = heap();
    double receivedBefore = received();
    List<Socket> open = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Socket socket = connect();
      open.add(socket);
      Bytes bytes = new Bytes().u8(3).add(new byte[3072]);
      for (int id = 3; id < 63; id++) {
        // Up to what is allowed before a stream is published, and 1 of so many bytes.
        bytes.u8(id).u24(0).u24(1 << 20).u8(Message.VIDEO).u32(0).u8(0xAA);
        bytes.add(new byte[127]);
      }
      socket.getOutputStream().write(bytes.toArray());
    }
    long sent = 100L * (3073 + 60 * 140);
    await().atMost(DEADLINE).until(() -> received() - receivedBefore >= sent);
    // 100 x 60 messages of 1 MiB are 6 GB.
    assertThat(heap() - before).isLessThan(100L << 20);
    byte[] tooMuch = new Bytes().u8(2).u24(0).u24(0xFFFFFF).u8(Message.VIDEO).u32(0).toArray();
    for (Socket socket : open) {
      socket.getOutputStream().write(tooMuch);
    }
    await().atMost(DEADLINE).until(() -> ingest.metrics.connections.labelValues("rtmp").get() == 1);
    for (Socket socket : open) {
      socket.close();
    }
  }

  // RTMP R32
  @Test
  void nestedTenThousandDeep() throws IOException {
    Bytes objects = new Bytes().add(Amf.amf0("connect", 1.0));
    Bytes arrays = new Bytes().add(Amf.amf0("connect", 1.0));
    Bytes flash = new Bytes().u8(0).add(Amf.amf0("connect", 1.0)).u8(0x11);
    for (int i = 0; i < 10_000; i++) {
      objects.u8(3).u16(1).u8('a');
      arrays.u8(10).u32(1);
      flash.u8(9).u8(3).u8(1);
    }
    for (Message message :
        List.of(
            new Message(3, Message.COMMAND, 0, 0, objects.toArray()),
            new Message(3, Message.COMMAND, 0, 0, arrays.toArray()),
            new Message(3, Message.COMMAND_AMF3, 0, 0, flash.toArray()))) {
      Bytes bytes = new Bytes().u8(3).add(new byte[3072]);
      new ChunkWriter(ChunkForm.PLAIN).write(message, bytes);
      double before = ingest.metrics.closed.labelValues("rtmp", "malformed").get();
      throwAt(bytes.toArray());
      await()
          .atMost(DEADLINE)
          .until(() -> ingest.metrics.closed.labelValues("rtmp", "malformed").get() == before + 1);
    }
  }

  // RTMP R4
  @Test
  void twoHundredSlowLorises() throws IOException {
    long before = heap();
    List<Socket> open = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      open.add(connect());
    }
    // Half of them never finish the handshake, the others never say anything of use.
    for (int i = 1; i < open.size(); i += 2) {
      trickle(open.get(i), new byte[3073]);
    }
    await()
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              for (Socket socket : open) {
                trickle(socket, new byte[] {3});
              }
              return ingest.metrics.connections.labelValues("rtmp").get() <= 1;
            });
    assertThat(heap() - before).isLessThan(50L << 20);
    for (Socket socket : open) {
      socket.close();
    }
  }

  @Test
  void fiveThousandConnectsAndCloses() throws IOException {
    latest = LATEST_WHILE_FLOODED;
    long before = heap();
    byte[] hello = Arrays.copyOf(whole, 3200);
    for (int i = 0; i < 5000; i++) {
      try (Socket socket = connect()) {
        switch (i % 4) {
          case 0 -> socket.setSoLinger(true, 0);
          case 1 -> socket.getOutputStream().write(hello, 0, i % 3200);
          case 2 ->
              socket
                  .getOutputStream()
                  .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
          default -> {}
        }
      } catch (SocketException e) {
        assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
      }
    }
    await().atMost(DEADLINE).until(() -> ingest.metrics.connections.labelValues("rtmp").get() == 1);
    assertThat(heap() - before).isLessThan(50L << 20);
  }

  private static double received() {
    return ingest.metrics.receivedBytes.labelValues("rtmp").get();
  }

  private static void trickle(Socket socket, byte[] bytes) throws IOException {
    try {
      if (bytes.length > 1) {
        bytes[0] = 3;
      }
      socket.getOutputStream().write(bytes);
    } catch (SocketException e) {
      // The server has closed it, as it should.
      socket.close();
    }
  }

  /** Sends everything, says that nothing more follows, and waits until the server is done. */
  private static void throwAt(byte[] bytes) throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout((int) DEADLINE.toMillis());
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    } catch (SocketException e) {
      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
    }
  }

  private static Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), ingest.server.rtmpPort());
  }

  /** A client's bytes that doesn't wait for any answer: handshake, commands, two seconds. */
  private static byte[] publication(String stream) {
    Bytes bytes = new Bytes().u8(3).add(new byte[3072]);
    ChunkWriter writer = new ChunkWriter(ChunkForm.COMPRESSED);
    String name = stream + QUERY;
    writer.write(command("connect", 1, Amf.object("app", "live"), null), bytes);
    writer.write(command("createStream", 2, null, null), bytes);
    writer.write(command("publish", 3, null, name), bytes);
    writer.chunkSize(4096, bytes);
    for (FlvClip.Tag tag : clip) {
      int chunkStream = tag.type() == Message.VIDEO ? 6 : 4;
      writer.write(new Message(chunkStream, tag.type(), 1, tag.timestamp(), tag.payload()), bytes);
    }
    return bytes.toArray();
  }

  private static Message command(
      String name, double transaction, @Nullable Object object, @Nullable Object argument) {
    return new Message(
        3, Message.COMMAND, 0, 0, Amf.amf0(name, transaction, object, argument, "live"));
  }

  /** Bytes in use after a collection. */
  private static long heap() {
    ingest.events.clear();
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** An encoder that sends a picture about every 20 ms, and how late the latest came through. */
  private static final class GoodStream {
    private static final AtomicInteger STREAMS = new AtomicInteger();
    private static final long PACE_MILLIS = 20;

    private final String name = "good" + STREAMS.incrementAndGet();
    private final List<FlvClip.Tag> pictures =
        clip.stream().filter(tag -> tag.type() == Message.VIDEO && !tag.isHeader()).toList();
    private final Semaphore arrivals = new Semaphore(0);
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final FakeEncoder encoder;
    private final Future<?> sending;
    private final AtomicLong latestNanos = new AtomicLong();
    private final AtomicInteger sent = new AtomicInteger();

    GoodStream() throws InterruptedException {
      ingest.streams.onBroadcast(
          stream -> {
            if (stream.broadcast().stream().stream().equals(name)) {
              stream.addReader(
                  "arrivals", stream.home(), new ReaderLimits(1000, 1 << 30), this::arrived);
            }
          });
      encoder =
          FakeEncoder.open(ingest.server.rtmpPort(), Dialect.OBS).publish("live", name + QUERY);
      encoder.media(clip.stream().filter(FlvClip.Tag::isHeader).toList(), 0);
      sendPicture();
      sending =
          pace.scheduleWithFixedDelay(
              () -> {
                try {
                  sendPicture();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              PACE_MILLIS,
              PACE_MILLIS,
              TimeUnit.MILLISECONDS);
    }

    private void arrived(MediaEvent event) {
      if (event instanceof MediaEvent.SampleReady) {
        arrivals.release();
      }
    }

    private void sendPicture() throws InterruptedException {
      int index = sent.get();
      FlvClip.Tag picture = pictures.get(index % pictures.size());
      long at = System.nanoTime();
      encoder.media(
          List.of(new FlvClip.Tag(picture.type(), index * PACE_MILLIS, picture.payload())), 0);
      assertThat(arrivals.tryAcquire(DEADLINE.toMillis(), TimeUnit.MILLISECONDS))
          .as("picture %d came through", index)
          .isTrue();
      latestNanos.accumulateAndGet(System.nanoTime() - at, Math::max);
      sent.incrementAndGet();
    }

    /** Fails where a picture was lost or could not be sent. */
    void stop() throws InterruptedException {
      pace.shutdown();
      assertThat(pace.awaitTermination(2 * DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      try {
        sending.get();
      } catch (CancellationException e) {
        // It was going on until now.
      } catch (ExecutionException e) {
        throw new AssertionError("the good stream broke", e.getCause());
      }
      encoder.unpublish(name + QUERY);
      encoder.close();
    }

    Duration latest() {
      return Duration.ofNanos(latestNanos.get());
    }

    int pictures() {
      return sent.get();
    }
  }
}
