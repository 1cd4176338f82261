package io.millrace.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A customer's service that decides who may publish and play. */
final class Callback implements AutoCloseable {
  private final HttpServer server;
  private final Function<Map<?, ?>, String> decision;
  private final List<Map<?, ?>> questions = new CopyOnWriteArrayList<>();

  /**
   * @param decision from the question's JSON object to the answer's JSON
   */
  Callback(Function<Map<?, ?>, String> decision) throws IOException {
    this.decision = decision;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/may-they", this::answer);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/may-they");
  }

  /** Everything that was asked so far. */
  List<Map<?, ?>> questions() {
    return questions;
  }

  /** Nobody listens at its address any more. */
  void becomeUnreachable() {
    server.stop(0);
  }

  @Override
  public void close() {
    becomeUnreachable();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<?, ?> question = Administrator.object(body);
      questions.add(question);
      byte[] answer = decision.apply(question).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }
}
