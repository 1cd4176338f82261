package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.rtmp.Bytes;
import io.millrace.testkit.rtmp.Message;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many at once who announce a lot, or say nothing. */
class HostileConnectionsTest extends HostileFixture {
  /**
   * While 5,000 connections are opened as fast as they can be, they and the test itself share the
   * processor with the good stream: measured as {@link #LATEST}, 2.1 s.
   */
  private static final Duration LATEST_WHILE_FLOODED = Duration.ofSeconds(8);

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

  private static double received() {
    return ingest.metrics.receivedBytes.labelValues("rtmp").get();
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

  /** Bytes in use after a collection. */
  private static long heap() {
    ingest.events.clear();
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
