package io.millrace.validator.walk;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.validator.hls.LiveList;
import io.millrace.validator.media.LiveMedia;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * A low-latency server made for these tests, over real HTTP: two renditions of {@link LiveList}
 * that grow five times as fast as they play. It keeps the rules but for the faults it is given.
 */
final class FakeLiveServer implements AutoCloseable {
  /** How it breaks a rule. */
  enum Fault {
    ANSWERS_BEFORE_THE_PART,
    ANSWERS_BEFORE_THE_SEGMENT,
    REFUSES_OLD_SEGMENTS,
    REFUSES_WHAT_COMES_NEXT,
    HOLDS_WHAT_IS_FAR_AHEAD,
    TAKES_A_PART_ALONE,
    TAKES_NO_NUMBERS,
    KNOWS_EVERY_NAME,
    REFUSES_UNKNOWN_DIRECTIVES,
    REFUSES_HINTS,
    TRICKLES_HINTS,
    /** No fault: the part is complete, and the machine is busy. */
    IS_SLOW_WITH_HINTS,
    CUTS_HINTS,
    DROPS_HINTS,
    FORGETS_PARTS,
    HOLDS_AT_THE_END,
    SKIPS_AT_THE_END,
    SKIPS_NOTHING
  }

  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(6);
  private static final int ADVANCE_LIMIT = 6;
  private static final String MULTIVARIANT =
      """
      #EXTM3U
      #EXT-X-STREAM-INF:BANDWIDTH=9000,AVERAGE-BANDWIDTH=9000,CODECS="vp09.00.10.08",RESOLUTION=16x16,FRAME-RATE=24.000
      a/index.m3u8
      #EXT-X-STREAM-INF:BANDWIDTH=9000,AVERAGE-BANDWIDTH=9000,CODECS="vp09.00.10.08",RESOLUTION=16x16,FRAME-RATE=24.000
      b/index.m3u8
      """;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Fault> faults;
  private final Map<String, UnaryOperator<String>> changes = new ConcurrentHashMap<>();
  private final Object lock = new Object();
  private int parts;
  private boolean ended;
  private boolean closed;
  private String last = "";
  private Duration pause = Duration.ZERO;

  FakeLiveServer(Fault... faults) throws IOException {
    this.faults = faults.length == 0 ? Set.of() : EnumSet.copyOf(Arrays.asList(faults));
    parts = 44;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
    threads.execute(this::grow);
  }

  URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/main.m3u8");
  }

  /** Changes what a rendition's playlist says. */
  void change(String rendition, UnaryOperator<String> change) {
    changes.put(rendition, change);
  }

  /** Makes the next part late. */
  void pause(Duration time) {
    synchronized (lock) {
      pause = time;
    }
  }

  void end() {
    synchronized (lock) {
      ended = true;
      lock.notifyAll();
    }
  }

  /** Ends as soon as it is asked so, before that is answered. */
  void endAt(String query) {
    synchronized (lock) {
      last = query;
    }
  }

  private void grow() {
    while (true) {
      Duration late;
      synchronized (lock) {
        late = pause;
        pause = Duration.ZERO;
      }
      LockSupport.parkNanos(TICK.plus(late).toNanos());
      synchronized (lock) {
        if (closed) {
          return;
        }
        parts += ended ? 0 : 1;
        lock.notifyAll();
      }
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/main.m3u8")) {
        send(exchange, 200, MULTIVARIANT.getBytes(StandardCharsets.UTF_8));
      } else if (path.endsWith("/index.m3u8")) {
        playlist(exchange, path.substring(1, 2));
      } else {
        media(exchange, path.substring(path.lastIndexOf('/') + 1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void playlist(HttpExchange exchange, String rendition)
      throws IOException, InterruptedException {
    String asked = exchange.getRequestURI().getQuery();
    synchronized (lock) {
      ended |= last.equals(asked);
      lock.notifyAll();
    }
    Map<String, String> query = query(asked);
    int status = held(query);
    String skip = query.getOrDefault("_HLS_skip", "");
    send(
        exchange,
        status,
        status == 200 ? list(rendition, skip).getBytes(StandardCharsets.UTF_8) : new byte[0]);
  }

  /** Holds a request until it can be answered. */
  private int held(Map<String, String> query) throws InterruptedException {
    boolean unknown = query.keySet().stream().anyMatch(name -> name.equals("_HLS_foo"));
    if (unknown && has(Fault.REFUSES_UNKNOWN_DIRECTIVES)) {
      return 400;
    }
    synchronized (lock) {
      if (ended && !has(Fault.HOLDS_AT_THE_END)) {
        return 200;
      }
    }
    String number = query.get("_HLS_msn");
    if (number == null) {
      return query.containsKey("_HLS_part") && !has(Fault.TAKES_A_PART_ALONE) ? 400 : 200;
    }
    if (!number.matches("\\d{1,9}")) {
      return has(Fault.TAKES_NO_NUMBERS) ? 200 : 400;
    }
    int sequence = Integer.parseInt(number);
    int part = Integer.parseInt(query.getOrDefault("_HLS_part", "-1"));
    synchronized (lock) {
      int next = parts / LiveList.PARTS;
      int open = parts % LiveList.PARTS;
      boolean far = sequence > next + 1 || (sequence == next && part >= open + ADVANCE_LIMIT);
      if (far && !has(Fault.HOLDS_WHAT_IS_FAR_AHEAD)) {
        return 400;
      }
      if (sequence < next - LiveList.WINDOW && has(Fault.REFUSES_OLD_SEGMENTS)) {
        return 400;
      }
      if (has(part < 0 ? Fault.ANSWERS_BEFORE_THE_SEGMENT : Fault.ANSWERS_BEFORE_THE_PART)) {
        return 200;
      }
      if (part >= 0 && has(Fault.REFUSES_WHAT_COMES_NEXT) && sequence == next) {
        return 404;
      }
      int wanted =
          part < 0
              ? (sequence + 1) * LiveList.PARTS
              : sequence * LiveList.PARTS + Math.min(part, LiveList.PARTS) + 1;
      return await(wanted, has(Fault.HOLDS_AT_THE_END)) ? 200 : 503;
    }
  }

  private boolean await(int wanted, boolean throughTheEnd) throws InterruptedException {
    long deadline = System.nanoTime() + LONGEST_HOLD.toNanos();
    synchronized (lock) {
      while (parts < wanted && (!ended || throughTheEnd) && !closed) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        lock.wait(left);
      }
      return true;
    }
  }

  private String list(String rendition, String skip) {
    int now;
    boolean over;
    synchronized (lock) {
      now = parts;
      over = ended;
    }
    boolean skips = !skip.isEmpty() && !has(Fault.SKIPS_NOTHING);
    String text = LiveList.at(now, skips && (!over || has(Fault.SKIPS_AT_THE_END)) ? skip : "");
    if (over) {
      text = text.replaceAll("(?m)^#EXT-X-PRELOAD-HINT.*\n", "") + "#EXT-X-ENDLIST\n";
    } else {
      text +=
          "#EXT-X-RENDITION-REPORT:URI=\"../%s/index.m3u8\",LAST-MSN=%d,LAST-PART=%d\n"
              .formatted(
                  rendition.equals("a") ? "b" : "a",
                  (now - 1) / LiveList.PARTS,
                  (now - 1) % LiveList.PARTS);
    }
    if (has(Fault.DROPS_HINTS) && !over) {
      text = text.replaceFirst("TYPE=PART,URI=\"", "TYPE=PART,URI=\"dropped-");
    }
    return changes.getOrDefault(rendition, unchanged -> unchanged).apply(text);
  }

  private void media(HttpExchange exchange, String name) throws IOException, InterruptedException {
    if (name.equals("init.mp4")) {
      send(exchange, 200, LiveMedia.init());
      return;
    }
    if (name.matches("\\d+\\.m4s")) {
      int number = Integer.parseInt(name.substring(0, name.indexOf('.')));
      send(exchange, 200, LiveMedia.segment(number));
      return;
    }
    if (!name.matches("\\d+\\.\\d\\.m4s")) {
      send(exchange, has(Fault.KNOWS_EVERY_NAME) ? 200 : 404, new byte[0]);
      return;
    }
    int dot = name.indexOf('.');
    part(
        exchange, Integer.parseInt(name, 0, dot, 10), Integer.parseInt(name, dot + 1, dot + 2, 10));
  }

  private void part(HttpExchange exchange, int segment, int index)
      throws IOException, InterruptedException {
    int wanted = segment * LiveList.PARTS + index + 1;
    boolean hinted;
    boolean old;
    synchronized (lock) {
      hinted = parts == wanted - 1 && !ended;
      old = segment < parts / LiveList.PARTS - 3;
      if ((parts < wanted && (!hinted || has(Fault.REFUSES_HINTS)))
          || (old && has(Fault.FORGETS_PARTS))) {
        send(exchange, 404, new byte[0]);
        return;
      }
    }
    byte[] body = LiveMedia.part(segment, index);
    if (hinted && has(Fault.TRICKLES_HINTS)) {
      exchange.sendResponseHeaders(200, body.length);
      OutputStream out = exchange.getResponseBody();
      out.write(body, 0, 10);
      out.flush();
      await(wanted + 2, false);
      out.write(body, 10, body.length - 10);
      return;
    }
    await(wanted, false);
    if (hinted && has(Fault.IS_SLOW_WITH_HINTS)) {
      LockSupport.parkNanos(TICK.toNanos());
      exchange.sendResponseHeaders(200, body.length);
      OutputStream out = exchange.getResponseBody();
      out.write(body, 0, 10);
      out.flush();
      LockSupport.parkNanos(TICK.multipliedBy(4).toNanos());
      out.write(body, 10, body.length - 10);
      return;
    }
    synchronized (lock) {
      if (parts < wanted) {
        send(exchange, 404, new byte[0]);
        return;
      }
    }
    send(exchange, 200, hinted && has(Fault.CUTS_HINTS) ? Arrays.copyOf(body, 100) : body);
  }

  private boolean has(Fault fault) {
    return faults.contains(fault);
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String pair : text == null ? new String[0] : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      query.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return query;
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean playlist = exchange.getRequestURI().getPath().endsWith(".m3u8");
    exchange
        .getResponseHeaders()
        .set("Content-Type", playlist ? "application/vnd.apple.mpegurl" : "video/mp4");
    if (body.length == 0 || exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      ended = true;
      lock.notifyAll();
    }
    server.stop(0);
    threads.close();
  }
}
