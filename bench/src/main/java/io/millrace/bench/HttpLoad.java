package io.millrace.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Viewers on loopback: each has one connection and fetches the same objects again and again, as
 * fast as they come. Spends as little as it can on its own side, so that the server is measured.
 */
final class HttpLoad {
  /** What all viewers got together. */
  record Result(double requestsPerSecond, double megabytesPerSecond) {}

  private static final int BUFFER = 65_536;

  private final List<URI> objects;
  private final LongAdder requests = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final AtomicReference<String> failure = new AtomicReference<>("");
  private volatile boolean over;

  private HttpLoad(List<URI> objects) {
    this.objects = List.copyOf(objects);
  }

  /**
   * Runs so many viewers for so long.
   *
   * @throws AssertionError when any answer is not 200
   */
  static Result run(List<URI> objects, int viewers, Duration time) throws InterruptedException {
    HttpLoad load = new HttpLoad(objects);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < viewers; i++) {
      int first = i;
      threads.add(Thread.ofVirtual().start(() -> load.view(first)));
    }
    long began = System.nanoTime();
    Thread.sleep(time);
    load.over = true;
    double seconds = (System.nanoTime() - began) / 1e9;
    Result result = new Result(load.requests.sum() / seconds, load.bytes.sum() / seconds / 1e6);
    for (Thread thread : threads) {
      thread.join(Duration.ofSeconds(10));
    }
    if (!load.failure.get().isEmpty()) {
      throw new AssertionError(load.failure.get());
    }
    return result;
  }

  private void view(int first) {
    byte[] buffer = new byte[BUFFER];
    int port = objects.getFirst().getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
      OutputStream out = socket.getOutputStream();
      for (int i = first; !over; i++) {
        URI object = objects.get(i % objects.size());
        String request = "GET " + object.getRawPath() + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        bytes.add(answer(in, buffer));
        requests.increment();
      }
    } catch (IOException e) {
      failure.set(e.toString());
    }
  }

  /** Reads one answer and gives the length of its body. */
  private static long answer(InputStream in, byte[] buffer) throws IOException {
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException("answered " + status);
    }
    long length = -1;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Long.parseLong(header.substring(15).strip());
      }
    }
    if (length < 0) {
      throw new IOException("answered without a length");
    }
    long left = length;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new IOException("closed in the middle of an answer");
      }
      left -= n;
    }
    return length;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed in the middle of the headers");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
