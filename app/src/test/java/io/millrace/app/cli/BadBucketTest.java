package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.program.S3Server;
import io.millrace.testkit.program.TcpProxy;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose bucket cannot be worked with does not start, and says what to change. */
@Timeout(120)
class BadBucketTest {
  @TempDir private Path folder;
  private S3Server s3;
  private String bucket;

  @BeforeEach
  void start() throws IOException {
    s3 = new S3Server(folder.resolve("buckets"));
    bucket = s3.newBucket();
  }

  @AfterEach
  void stop() {
    s3.close();
  }

  @Test
  void nothingListens() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    refused(
        port,
        S3Server.SECRET_KEY,
        "cannot be reached; check storage.s3.endpoint, and that the store runs");
  }

  @Test
  void theSecretIsWrong() throws IOException {
    refused(
        s3.port(),
        "guessed",
        "the secret is not the one of the access key; check storage.s3.secretKey");
  }

  @Test
  void thereIsNoSuchBucket() throws IOException {
    bucket = "nobody-made-it";
    refused(
        s3.port(), S3Server.SECRET_KEY, "there is no bucket 'nobody-made-it'; make it, or check");
  }

  @Test
  void theKeyMayNotWrite() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      HttpServer readOnly =
          vertx
              .createHttpServer()
              .requestHandler(
                  request ->
                      request
                          .response()
                          .setStatusCode(request.method().equals(HttpMethod.HEAD) ? 200 : 403)
                          .putHeader("Content-Type", "application/xml")
                          .end("<Error><Code>AccessDenied</Code></Error>"))
              .listen(0, "127.0.0.1")
              .await(20, TimeUnit.SECONDS);
      refused(
          readOnly.actualPort(),
          S3Server.SECRET_KEY,
          "the access key may not do this in the bucket '" + bucket + "'; allow it s3:ListBucket,");
    } finally {
      vertx.close().await(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void itTakesConnectionsAndNeverAnswers() throws IOException {
    try (TcpProxy hole = new TcpProxy(s3.port())) {
      hole.becomeBlackHole();
      refused(hole.port(), S3Server.SECRET_KEY, "did not answer within storage.s3.requestTimeout");
    }
  }

  /** By {@code serve}, and by {@code config check} before that. */
  private void refused(int port, String secret, String words) throws IOException {
    Path settings =
        Files.writeString(
            folder.resolve("settings.yaml"),
            """
            http: {port: 0}
            management: {port: 0}
            origin: {port: 0}
            ingest: {rtmp: {port: 0}}
            storage:
              kind: s3
              s3:
                endpoint: http://127.0.0.1:%d
                bucket: %s
                accessKey: %s
                secretKey: %s
                requestTimeout: 1s
                retryFor: 0s
            """
                .formatted(port, bucket, S3Server.ACCESS_KEY, secret));
    CommandRun check = CommandRun.of("config", "check", "--config", settings.toString());
    CommandRun serve =
        CommandRun.of(
            "serve",
            "--config",
            settings.toString(),
            "--data",
            folder.resolve("data").toString(),
            "--role",
            "origin");

    for (CommandRun run : new CommandRun[] {check, serve}) {
      assertThat(run.err()).contains("storage.s3: ").contains(words).doesNotContain(secret);
      assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
    }
  }
}
