package io.millrace.testkit.validator;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** An origin that answers as the rules ask, until a test has it break one. */
final class FakeOrigin implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private volatile boolean compresses = true;
  private volatile boolean knowsHead = true;
  private volatile boolean knowsRanges = true;
  private volatile boolean knowsConditions = true;
  private volatile Consumer<Headers> headers = given -> {};

  FakeOrigin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /** The address of a file. */
  URI at(String name) {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/" + name);
  }

  void put(String name, byte[] bytes) {
    files.put(name, bytes);
  }

  void put(String name, String text) {
    put(name, text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] get(String name) {
    return files.get(name);
  }

  void remove(String name) {
    files.remove(name);
  }

  /** Takes every file of a folder. */
  void putAll(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
  }

  void noCompression() {
    compresses = false;
  }

  void noHead() {
    knowsHead = false;
  }

  void noConditions() {
    knowsConditions = false;
  }

  void noRanges() {
    knowsRanges = false;
  }

  /** Changes what is answered. */
  void headers(Consumer<Headers> change) {
    headers = change;
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = files.get(exchange.getRequestURI().getPath().substring(1));
      boolean head = exchange.getRequestMethod().equals("HEAD");
      if (body == null || (head && !knowsHead)) {
        exchange.sendResponseHeaders(body == null ? 404 : 405, -1);
        return;
      }
      boolean playlist = exchange.getRequestURI().getPath().endsWith(".m3u8");
      Headers answer = exchange.getResponseHeaders();
      answer.set("Content-Type", playlist ? "application/vnd.apple.mpegurl" : "video/mp4");
      answer.set("Cache-Control", playlist ? "max-age=1" : "public, max-age=600, immutable");
      answer.set("ETag", '"' + Integer.toHexString(Arrays.hashCode(body)) + '"');
      answer.set("Access-Control-Allow-Origin", "*");
      if (playlist) {
        answer.set("Vary", "Accept-Encoding");
      }
      headers.accept(answer);
      Headers asked = exchange.getRequestHeaders();
      int status = 200;
      if (knowsConditions
          && answer.containsKey("ETag")
          && List.of(answer.getFirst("ETag")).equals(asked.get("If-None-Match"))) {
        exchange.sendResponseHeaders(304, -1);
        return;
      }
      if (knowsRanges && asked.containsKey("Range")) {
        String range = asked.getFirst("Range").substring("bytes=".length());
        int dash = range.indexOf('-');
        int from = Integer.parseInt(range.substring(0, dash));
        int to = Math.min(Integer.parseInt(range.substring(dash + 1)) + 1, body.length);
        answer.set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + body.length);
        body = Arrays.copyOfRange(body, from, to);
        status = 206;
      } else if (compresses && playlist && "gzip".equals(asked.getFirst("Accept-Encoding"))) {
        answer.set("Content-Encoding", "gzip");
        body = gzip(body);
      }
      if (head) {
        answer.set("Content-Length", Integer.toString(body.length));
        exchange.sendResponseHeaders(status, -1);
      } else {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(body);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
