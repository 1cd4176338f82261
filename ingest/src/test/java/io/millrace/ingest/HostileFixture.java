package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.rtmp.Amf;
import io.millrace.testkit.rtmp.Bytes;
import io.millrace.testkit.rtmp.ChunkForm;
import io.millrace.testkit.rtmp.ChunkWriter;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * Strangers do their worst while a good encoder is on air next to them. Each of its pictures must
 * come through within {@link #LATEST} of being sent, whatever happens.
 */
abstract class HostileFixture {
  static final Duration DEADLINE = Duration.ofSeconds(30);

  /** Measured on two cores with a load average of 15: 5 to 220 ms. */
  static final Duration LATEST = Duration.ofMillis(1500);

  static IngestHarness ingest;
  static List<FlvClip.Tag> clip;
  static byte[] whole;

  GoodStream good;
  Duration latest = LATEST;

  @BeforeAll
  static void start() {
    ingest =
        new IngestHarness(
            Map.of(
                "endGrace", "20ms",
                "lossGrace", "20ms",
                "handshakeTimeout", "6s",
                "publishTimeout", "6s",
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
    good = new GoodStream(ingest, clip);
  }

  @AfterEach
  void theGoodStreamWasNeverLateAndEveryoneElseIsGone() throws InterruptedException {
    good.stop();
    assertThat(good.latest()).isLessThan(latest);
    assertThat(good.pictures()).isPositive();
    await().atMost(DEADLINE).until(() -> ingest.metrics.connections.labelValues("rtmp").get() == 0);
    await().atMost(DEADLINE).until(() -> ingest.streams.statuses().isEmpty());
  }

  /** Sends everything, says that nothing more follows, and waits until the server is done. */
  static void throwAt(byte[] bytes) throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout((int) DEADLINE.toMillis());
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    } catch (SocketException e) {
      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
    }
  }

  static Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), ingest.server.rtmpPort());
  }

  /** A client's bytes that doesn't wait for any answer: handshake, commands, two seconds. */
  static byte[] publication(String stream) {
    Bytes bytes = new Bytes().u8(3).add(new byte[3072]);
    ChunkWriter writer = new ChunkWriter(ChunkForm.COMPRESSED);
    String name = stream + IngestHarness.QUERY;
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

  static Message command(
      String name, double transaction, @Nullable Object object, @Nullable Object argument) {
    return new Message(
        3, Message.COMMAND, 0, 0, Amf.amf0(name, transaction, object, argument, "live"));
  }
}
