package io.millrace.app.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace vod export}: a recording as one MP4 file. */
@Command(
    name = "export",
    description = "Saves a recording as one MP4 file, without encoding it again.",
    mixinStandardHelpOptions = true)
final class VodExport implements Callable<Integer> {
  @Parameters(paramLabel = "ASSET", description = "the id of a recording")
  @SuppressWarnings("NullAway.Init")
  private String asset;

  @Parameters(paramLabel = "FILE", description = "where it is saved when all of it is there")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Option(
      names = "--rung",
      paramLabel = "RUNG",
      description = "source, audio, or a rung of the ladder like 480p (default: the top one)")
  private Optional<String> rung = Optional.empty();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ServerOption server;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private SignInOptions signIn;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ProgressOption progress;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    URI address = server.address();
    Path part = part();
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build()) {
      HttpResponse<InputStream> answer =
          client.send(request(address), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        if (answer.statusCode() != 200) {
          throw new CommandFailedException(refusal(answer.statusCode(), body));
        }
        save(body, answer.headers().firstValueAsLong("content-length").orElse(-1), part);
      }
      move(part);
      spec.commandLine().getOut().println(file + " is saved");
      return ExitCode.OK;
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new UnavailableException(FirstConnection.noServer(address));
    } catch (IOException e) {
      throw new CommandFailedException(file + " is not saved: " + e.getMessage());
    } finally {
      remove(part);
    }
  }

  /** Beside the file, where it is known to find room. */
  private Path part() {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new CommandFailedException(file + " is a folder; name a file in it");
    }
    if (!Files.isDirectory(folder)) {
      throw new CommandFailedException(
          "the folder " + folder + " is not there; make it, or name another");
    }
    return file.resolveSibling(file.getFileName() + ".part");
  }

  private HttpRequest request(URI address) {
    String query =
        rung.map(word -> "?rung=" + URLEncoder.encode(word, StandardCharsets.UTF_8)).orElse("");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            address.resolve("/download/" + ApiClient.encoded(asset) + ".mp4" + query));
    signIn
        .credential(server)
        .ifPresent(given -> request.header("Authorization", "Bearer " + given));
    return request.build();
  }

  private void save(InputStream body, long length, Path part) throws IOException {
    ProgressOption.Bar bar = progress.bar(String.format(Locale.ROOT, "%.1f MB", length / 1e6));
    byte[] buffer = new byte[1 << 16];
    long saved = 0;
    try (OutputStream out = Files.newOutputStream(part)) {
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        out.write(buffer, 0, read);
        saved += read;
        bar.show(saved, length);
      }
    }
    bar.end();
    if (length >= 0 && saved != length) {
      throw new IOException("the server ended after " + saved + " of " + length + " bytes");
    }
  }

  private void move(Path part) throws IOException {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void remove(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      // Whoever reads the message before it looks for it there.
    }
  }

  private String refusal(int status, InputStream body) throws IOException {
    String text = new String(body.readNBytes(1 << 16), StandardCharsets.UTF_8);
    try {
      return new JsonObject(text).getString("detail", "status " + status);
    } catch (DecodeException | ClassCastException e) {
      return "what answers at " + server.address() + " is no Millrace server, or an older one";
    }
  }
}
