package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.PacedEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Strangers take connections of the packaged program and do nothing good with them. They are gone
 * afterwards with all they took, and the stream next to them is never late: the validator follows
 * it, which knows how long a playlist may stand still (HLS B8).
 */
@Order(1)
class HostileClientsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int CONNECTS = 5_000;
  private static final int SLOW_ONES = 200;

  /** What the program may keep of them outside its heap: above all code that it has compiled. */
  private static final double KEPT_BYTES = 64 << 20;

  /** What the heap may hold more after a collection than before. */
  private static final double KEPT_OBJECTS = 16 << 20;

  private static final String RESIDENT = "process_resident_memory_bytes";
  private static final String LIVE_OBJECTS = "jvm_memory_pool_collection_used_bytes";

  /** The program's collector is one of these, as its JDK has it. */
  private static final List<String> COLLECTIONS =
      List.of(
          "jvm_gc_collection_seconds_count{gc=\"Shenandoah Cycles\"}",
          "jvm_gc_collection_seconds_count{gc=\"ZGC Major Cycles\"}");

  /**
   * Each second both generations are collected, which counts two and more; what was found dead in
   * the old one goes with the next ones of the young. A first one may have been under way.
   */
  private static final int ENOUGH_COLLECTIONS = 10;

  private static final String COLLECTED_EVERY_SECOND =
      "-XX:ShenandoahGuaranteedYoungGCInterval=1000 -XX:ShenandoahGuaranteedOldGCInterval=1000"
          + " -XX:ZCollectionIntervalMajor=1 -XX:+IgnoreUnrecognizedVMOptions";

  /** Connections of players and of the validator come and go meanwhile. */
  private static final double KEPT_HANDLES = 20;

  private static final byte[] HELLO = new byte[3073];
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir private static Path data;
  private static MillraceProcess server;
  private static PacedEncoder neighbour;
  private static UnderValidation watched;

  private double residentBefore;
  private double objectsBefore;
  private double handlesBefore;

  @BeforeAll
  static void putANeighbourOnAir() {
    HELLO[0] = 3;
    Map<String, String> settings =
        Map.of(
            // All of the heap is resident from the start: what is added later is outside of it.
            "MILLRACE_JVM_OPTIONS",
                "-Xms256m -Xmx256m -XX:+AlwaysPreTouch " + COLLECTED_EVERY_SECOND,
            "MILLRACE_INGEST_HANDSHAKE_TIMEOUT", "2s",
            "MILLRACE_INGEST_PUBLISH_TIMEOUT", "2s",
            "MILLRACE_HTTP_HEADER_TIMEOUT", "2s");
    server =
        MillraceProcess.start(
            data, Ports.free(), settings, List.of("serve", "--role", "origin,edge"));
    server.awaitReady();
    neighbour =
        PacedEncoder.publish(
            server.ports().rtmp(),
            "neighbour?key=" + MillraceProcess.PUBLISH_KEY,
            FlvClip.encoded("426x240", Duration.ofSeconds(24)));
    watched = Waiting.watch(server, "neighbour");
  }

  @AfterAll
  static void theNeighbourWasNeverLate() {
    try (MillraceProcess stopped = server;
        PacedEncoder publisher = neighbour;
        UnderValidation followed = watched) {
      assertThat(publisher.isBroken()).isFalse();
      assertThat(stopped.isReady()).isTrue();
      assertThat(followed.walker().violations()).isEmpty();
    }
  }

  /** The first ones make the program compile and reserve what it then keeps. */
  @BeforeEach
  void warmUp() throws IOException {
    connectAndClose(CONNECTS / 5);
    trickle();
    untilOnlyTheNeighbourIsLeft();
    residentBefore = server.counter(RESIDENT);
    untilCollected();
    objectsBefore = server.counter(LIVE_OBJECTS);
    handlesBefore = server.counter("process_open_fds");
  }

  // RTMP R32
  @Test
  void fiveThousandConnectsAndClosesLeaveNothingBehind() throws IOException {
    connectAndClose(CONNECTS);

    assertNothingIsLeftBehind();
  }

  // RTMP R4
  @Test
  void slowLorisesAreClosedAndLeaveNothingBehind() throws IOException {
    trickle();

    assertNothingIsLeftBehind();
  }

  /** Opens connections that hardly say anything, and waits until the server has closed them. */
  private static void trickle() throws IOException {
    List<Socket> open = new ArrayList<>();
    for (int i = 0; i < SLOW_ONES; i++) {
      boolean http = i % 2 == 0;
      Socket socket = connect(http ? server.ports().http() : server.ports().rtmp());
      socket.setTcpNoDelay(true);
      open.add(socket);
      // Half of the publishers finish their handshake and then say nothing of use.
      say(socket, http ? REQUEST : i % 4 == 1 ? HELLO : new byte[] {3});
    }

    Waiting.within(DEADLINE)
        .until(
            () -> {
              open.forEach(socket -> say(socket, new byte[] {'x'}));
              return open.stream().allMatch(Socket::isClosed);
            });
  }

  private void assertNothingIsLeftBehind() {
    untilOnlyTheNeighbourIsLeft();
    untilCollected();
    Waiting.within(DEADLINE)
        .untilAsserted(
            () -> {
              assertThat(server.counter("process_open_fds"))
                  .isLessThan(handlesBefore + KEPT_HANDLES);
              assertThat(server.counter(LIVE_OBJECTS)).isLessThan(objectsBefore + KEPT_OBJECTS);
            });
    assertThat(server.counter(RESIDENT)).isLessThan(residentBefore + KEPT_BYTES);
  }

  private static void connectAndClose(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int port = i % 2 == 0 ? server.ports().rtmp() : server.ports().http();
      try (Socket socket = connect(port)) {
        switch (i % 8 / 2) {
          case 0 -> socket.setSoLinger(true, 0);
          case 1 -> socket.getOutputStream().write(HELLO, 0, 1 + i % HELLO.length);
          case 2 -> socket.getOutputStream().write(REQUEST);
          default -> {}
        }
      } catch (SocketException e) {
        assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
      }
    }
  }

  private static void untilOnlyTheNeighbourIsLeft() {
    Waiting.within(DEADLINE).until(() -> server.counter("millrace_ingest_connections") == 1);
  }

  /** Waits for collections of both generations that have begun since; what lives is known then. */
  private static void untilCollected() {
    double before = collections();
    Waiting.within(DEADLINE).until(() -> collections() >= before + ENOUGH_COLLECTIONS);
    assertThat(server.counter(LIVE_OBJECTS)).isPositive();
  }

  private static double collections() {
    return COLLECTIONS.stream().mapToDouble(server::counter).sum();
  }

  /** Writes to a socket, and closes it where the other side has. */
  private static void say(Socket socket, byte[] bytes) {
    try {
      if (!socket.isClosed()) {
        socket.getOutputStream().write(bytes);
      }
    } catch (IOException closedByTheServer) {
      close(socket);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }
}
