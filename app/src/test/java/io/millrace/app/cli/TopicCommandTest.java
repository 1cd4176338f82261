package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command asks of the API, and what it makes of the answers. */
class TopicCommandTest {
  private static final JsonObject ORDERS =
      new JsonObject()
          .put("name", "orders")
          .put("partitions", 8)
          .put("generation", 2)
          .put("durability", "logged")
          .put("retentionSeconds", 43_200)
          .put("retentionBytes", null)
          .put("maxMessageSize", 65_536)
          .put("maxWildcardFilters", 1000)
          .put("messagesPerSecond", null)
          .put("bytesPerSecond", null);

  @TempDir Path data;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile String answer = ORDERS.encode();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(data.resolve("local-credential"), "ml_test\n");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String condition = exchange.getRequestHeaders().getFirst("If-None-Match");
    asked.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + (condition == null ? "" : " if none matches " + condition)
            + " "
            + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, status == 204 ? -1 : body.length);
    if (status != 204) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private CommandRun run(String... args) {
    List<String> all = new ArrayList<>(List.of("topic"));
    all.addAll(Arrays.asList(args));
    all.addAll(
        List.of(
            "--data",
            data.toString(),
            "--server",
            "http://127.0.0.1:" + server.getAddress().getPort()));
    return CommandRun.of(all.toArray(String[]::new));
  }

  @Test
  void theCredentialOfThisMachineGoesToNoOther() {
    CommandRun run =
        CommandRun.of(
            "topic", "list", "--data", data.toString(), "--server", "http://broker.invalid:8080");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("is another machine");
  }

  @Test
  void listsNamespaces() {
    answer = new JsonObject().put("items", new JsonArray().add(ORDERS)).encode();

    assertThat(run("list"))
        .isEqualTo(
            new CommandRun(
                0,
                """
                NAMESPACE  PARTITIONS  DURABILITY  RETENTION  EACH PARTITION  MESSAGES UP TO
                orders     8           logged      12h        unlimited       64KiB
                """,
                ""));
    assertThat(new JsonArray(run("list", "--json").out()).getJsonObject(0)).isEqualTo(ORDERS);
    assertThat(asked.getFirst()).isEqualTo("GET /api/v1/namespaces?limit=100 ");
  }

  @Test
  void showsOne() {
    assertThat(run("show", "orders").out())
        .contains("partitions      8 (generation 2)")
        .contains("retention       12h");
    assertThat(asked).containsExactly("GET /api/v1/namespaces/orders ");
  }

  @Test
  void makesOneThatIsNotThereYet() {
    status = 201;

    assertThat(
            run(
                    "create",
                    "orders",
                    "--partitions",
                    "8",
                    "--durability",
                    "synced",
                    "--retention",
                    "12h",
                    "--retention-bytes",
                    "1GiB",
                    "--max-message-size",
                    "64KiB")
                .code())
        .isZero();
    assertThat(asked)
        .containsExactly(
            "PUT /api/v1/namespaces/orders if none matches * "
                + "{\"partitions\":8,\"retentionSeconds\":43200,\"retentionBytes\":1073741824,"
                + "\"maxMessageSize\":65536,\"durability\":\"synced\"}");
  }

  @Test
  void changesWhatIsNamed() {
    assertThat(
            run(
                    "set",
                    "orders",
                    "--retention-bytes",
                    "unlimited",
                    "--messages-per-second",
                    "100",
                    "--bytes-per-second",
                    "1MiB")
                .code())
        .isZero();
    assertThat(asked)
        .containsExactly(
            "PATCH /api/v1/namespaces/orders {\"retentionBytes\":null,\"messagesPerSecond\":100,"
                + "\"bytesPerSecond\":1048576}");
    CommandRun nothing = run("set", "orders");
    assertThat(nothing.code()).isEqualTo(ExitCode.FAILED);
    assertThat(nothing.err()).contains("nothing to change");
    assertThat(run("set", "orders", "--retention", "12").code()).isEqualTo(ExitCode.USAGE);
    assertThat(asked).hasSize(1);
  }

  @Test
  void deletesOnlyWhatIsMeant() {
    CommandRun unsure = run("delete", "orders");
    assertThat(unsure.code()).isEqualTo(ExitCode.FAILED);
    assertThat(unsure.err()).contains("--yes");
    assertThat(asked).isEmpty();

    status = 204;
    assertThat(run("delete", "orders", "--yes"))
        .isEqualTo(new CommandRun(0, "orders is deleted\n", ""));
    assertThat(asked).containsExactly("DELETE /api/v1/namespaces/orders ");
  }

  @Test
  void saysWhatTheServerRefuses() {
    status = 409;
    answer = "{\"detail\":\"the namespace orders has 8 partitions, and they only grow\"}";

    assertThat(run("set", "orders", "--partitions", "2"))
        .isEqualTo(
            new CommandRun(
                1, "", "millrace: the namespace orders has 8 partitions, and they only grow\n"));
  }
}
