package io.millrace.bench;

import io.millrace.bench.crowd.Crowd;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;

/** Many connections that ask for one object at the same moment, again and again. */
final class Burst {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** When the burst began that is being answered. */
  private volatile long beganNanos;

  private Burst() {}

  /**
   * The time from the beginning of a burst to its last byte.
   *
   * @return milliseconds, one figure a burst
   */
  static double[] run(InetSocketAddress server, String path, int connections, int times)
      throws IOException {
    Burst burst = new Burst();
    double[] millis = new double[times];
    try (Crowd crowd =
        new Crowd(server, connections, Crowd.SOME_AT_ONCE, number -> burst.new One(path))) {
      Awaitility.await("connections")
          .atMost(DEADLINE)
          .until(() -> crowd.subscribed() == connections);
      for (int i = 0; i < times; i++) {
        crowd.count();
        burst.beganNanos = System.nanoTime();
        crowd.sayNextOfAll();
        Awaitility.await("answers")
            .pollInterval(Duration.ofMillis(5))
            .atMost(DEADLINE)
            .until(() -> crowd.soFar() == connections);
        Histogram micros = crowd.counted();
        millis[i] = micros.getMaxValue() / 1000.0;
      }
    }
    return millis;
  }

  private final class One extends HttpConversation {
    private final String path;
    private boolean isConnected;

    One(String path) {
      super(path);
      this.path = path;
    }

    @Override
    public Heard hear(ByteBuffer bytes, int length) {
      if (isConnected) {
        return Heard.MESSAGE;
      }
      isConnected = true;
      return Heard.SUBSCRIBED;
    }

    @Override
    public long dueNanos(ByteBuffer bytes, int length) {
      return beganNanos;
    }

    @Override
    public byte[] next() {
      return get(path);
    }
  }
}
