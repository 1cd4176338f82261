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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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

  /**
   * Measured on two cores with a load average of 15: 5 to 220 ms, and 2.1 s while 5,000 connections
   * are opened as fast as they can be. A machine may be busier than that, but a loop that is stuck
   * keeps a picture for {@link #DEADLINE}.
   */
  private static final Duration LATEST = Duration.ofSeconds(20);

  private static final String QUERY =
      "?key=" + URLEncoder.encode(IngestHarness.KEY, StandardCharsets.UTF_8);

  private static IngestHarness ingest;
  private static List<FlvClip.Tag> clip;
  private static byte[] whole;

  private static final Semaphore ARRIVALS = new Semaphore(0);

  private GoodStream good;

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
    ingest.streams.onBroadcast(
        stream -> {
          if (stream.broadcast().stream().stream().equals(GoodStream.NAME)) {
            stream.addReader(
                "arrivals",
                stream.home(),
                new ReaderLimits(1000, 1 << 30),
                event -> {
                  if (event instanceof MediaEvent.SampleReady) {
                    ARRIVALS.release();
                  }
                });
          }
        });
    clip = FlvClip.bigBuckBunny().first(Duration.ofSeconds(2));
    whole = publication("victim");
  }

  @AfterAll
  static void stop() {
    ingest.close();
  }

  @BeforeEach
  void goOnAir() {
    good = new GoodStream();
  }

  @AfterEach
  void theGoodStreamWasNeverLateAndEveryoneElseIsGone() throws InterruptedException {
    good.stop();
    assertThat(good.latest()).isLessThan(LATEST);
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
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    int sent = 0;
    while (ingest.metrics.connections.labelValues("rtmp").get() > 1) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      for (int i = 0; i < open.size(); i++) {
        // Half of them never finish the handshake, the others never say anything of use.
        trickle(open.get(i), i % 2 == 1 && sent == 0 ? new byte[3073] : new byte[] {3});
      }
      sent++;
      LockSupport.parkNanos(10_000_000);
    }
    assertThat(heap() - before).isLessThan(50L << 20);
    for (Socket socket : open) {
      socket.close();
    }
  }

  @Test
  void fiveThousandConnectsAndCloses() throws IOException {
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
    private static final String NAME = "good";
    private static final long PACE_NANOS = 20_000_000;

    private final FakeEncoder encoder;
    private final Thread thread;
    private final AtomicLong latestNanos = new AtomicLong();
    private volatile boolean stopping;
    private final AtomicInteger sent = new AtomicInteger();

    GoodStream() {
      ARRIVALS.drainPermits();
      encoder =
          FakeEncoder.open(ingest.server.rtmpPort(), Dialect.OBS).publish("live", NAME + QUERY);
      thread = Thread.ofPlatform().start(this::run);
    }

    private void run() {
      List<FlvClip.Tag> pictures =
          clip.stream().filter(tag -> tag.type() == Message.VIDEO && !tag.isHeader()).toList();
      encoder.media(clip.stream().filter(FlvClip.Tag::isHeader).toList(), 0);
      while (!stopping) {
        int index = sent.get();
        FlvClip.Tag picture = pictures.get(index % pictures.size());
        long at = System.nanoTime();
        encoder.media(List.of(new FlvClip.Tag(picture.type(), index * 20L, picture.payload())), 0);
        try {
          // One that never comes counts as late: it is the test's thread that must fail.
          stopping |= !ARRIVALS.tryAcquire(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        latestNanos.accumulateAndGet(System.nanoTime() - at, Math::max);
        sent.incrementAndGet();
        LockSupport.parkNanos(PACE_NANOS);
      }
    }

    void stop() throws InterruptedException {
      stopping = true;
      thread.join();
      encoder.unpublish(NAME + QUERY);
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
