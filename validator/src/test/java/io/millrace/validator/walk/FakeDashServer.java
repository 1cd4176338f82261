package io.millrace.validator.walk;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.validator.dash.LiveManifest;
import io.millrace.validator.media.LiveMedia;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A server of {@link LiveManifest}, over real HTTP: a version more for each two requests. */
final class FakeDashServer implements AutoCloseable {
  private static final int WINDOW = 8;
  private static final int CUT = 2;
  private static final int EXPECTED = 50;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger asked = new AtomicInteger(2 * WINDOW);
  private final Set<String> missing = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cut = new AtomicInteger();
  private volatile UnaryOperator<String> change = text -> text;
  private volatile UnaryOperator<String> playlist = text -> text;
  private volatile String cacheControl = "public, max-age=1";
  private volatile Instant clock = Instant.now();
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;
  private volatile boolean near;
  private volatile boolean cutShort;
  private volatile int shift;

  FakeDashServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/live/", this::serve);
    server.start();
  }

  URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/live/manifest.mpd");
  }

  /** Changes what every version says from now on. */
  void change(UnaryOperator<String> how) {
    change = how;
  }

  /** Changes what the playlist says. */
  void changePlaylist(UnaryOperator<String> how) {
    playlist = how;
  }

  void cache(String words) {
    cacheControl = words;
  }

  void clock(Duration ahead) {
    clock = Instant.now().plus(ahead);
  }

  /** What of that name is asked for is not there. */
  void lose(String name) {
    missing.add(name);
  }

  /** The same for the next requests, some of them. */
  void cut(String name) {
    missing.add(name);
    cut.set(CUT);
  }

  /** Has every file hold what another one should. */
  void shift(int segments) {
    shift = segments;
  }

  /** Names the segments that grow, with durations that are not theirs. */
  void grow() {
    near = true;
  }

  /** Ends each segment after its first part, and gives it whole to who asks again. */
  void cutShort() {
    cutShort = true;
  }

  void end() {
    ended = true;
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String name = exchange.getRequestURI().getPath().replace("/live/", "");
      if (missing.contains(name)) {
        if (cut.decrementAndGet() == 0) {
          missing.remove(name);
        }
        send(exchange, "404", 404, new byte[0]);
      } else if (name.equals("manifest.mpd")) {
        exchange.getResponseHeaders().set("Cache-Control", cacheControl);
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        int next = (ended ? asked.get() : asked.incrementAndGet()) / 2;
        String text =
            near
                ? LiveManifest.growing(next - WINDOW, next, EXPECTED)
                : LiveManifest.pictures(next - WINDOW, next);
        String now = ended ? LiveManifest.ended(text, next) : text;
        send(exchange, "application/dash+xml", 200, bytes(change.apply(now)));
      } else if (name.equals("time")) {
        send(exchange, "text/plain", 200, bytes(clock.toString()));
      } else if (name.equals("index.m3u8")) {
        String list = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000\nvideo/index.m3u8\n";
        send(exchange, "application/vnd.apple.mpegurl", 200, bytes(list));
      } else if (name.equals("video/index.m3u8")) {
        send(exchange, "application/vnd.apple.mpegurl", 200, bytes(playlist.apply(list())));
      } else if (name.equals("video/init.mp4")) {
        send(exchange, "video/mp4", 200, LiveMedia.init());
      } else {
        int number = Integer.parseInt(name.replaceAll("\\D*(\\d+)[.]m4s", "$1"));
        boolean whole = !cutShort || !known.add(name);
        send(
            exchange,
            "video/mp4",
            200,
            whole ? LiveMedia.segment(number + shift) : LiveMedia.part(number, 0));
      }
    }
  }

  private String list() {
    int next = asked.get() / 2;
    StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-TARGETDURATION:2\n");
    text.append("#EXT-X-MEDIA-SEQUENCE:").append(next - WINDOW).append('\n');
    text.append("#EXT-X-PROGRAM-DATE-TIME:");
    text.append(LiveManifest.START.plusSeconds(2L * (next - WINDOW))).append('\n');
    for (int number = next - WINDOW; number < next; number++) {
      text.append("#EXTINF:2.000,\n").append(number).append(".m4s\n");
    }
    return text.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, String type, int status, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    if (body.length == 0 || exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
