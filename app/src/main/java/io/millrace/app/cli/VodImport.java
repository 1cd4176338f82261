package io.millrace.app.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace vod import}: a file becomes a recording. */
@Command(
    name = "import",
    description = {
      "Makes a recording of a file, as if it had been on air.",
      "Nothing of it is encoded again but for the rungs of the ladder."
    },
    mixinStandardHelpOptions = true)
final class VodImport implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "MP4, QuickTime, Matroska, WebM, MPEG-TS or FLV")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Option(
      names = "--app",
      paramLabel = "APP",
      defaultValue = "live",
      description = "whose it is (default: ${DEFAULT-VALUE})")
  @SuppressWarnings("NullAway.Init")
  private String app;

  @Option(
      names = "--stream",
      paramLabel = "NAME",
      description = "as which stream's it is listed (default: made of the file's name)")
  private Optional<String> stream = Optional.empty();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private PackagingWishes wishes;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ApiOptions options;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ProgressOption progress;

  @Override
  public Integer call() {
    long bytes = length();
    JsonObject wish =
        wishes.json().put("stream", stream.orElseGet(this::streamOfFile)).put("bytes", bytes);
    RemoteImport its = RemoteImport.begin(options.api(), app, wish);
    // Whoever interrupts the command wants nothing of it to stay.
    Thread cancel = new Thread(its::cancel, "cancel-import");
    Runtime.getRuntime().addShutdownHook(cancel);
    JsonObject ended;
    try {
      upload(its, bytes);
      ended = await(its);
    } catch (CommandFailedException | UnavailableException e) {
      its.cancel();
      throw e;
    } finally {
      removeHook(cancel);
    }
    JsonObject problem = ended.getJsonObject("problem");
    if (problem != null) {
      throw new CommandFailedException(file + " is not imported: " + problem.getString("detail"));
    }
    options.show(
        ended,
        "recording " + ended.getString("asset") + " is made: " + ended.getString("playlist"));
    return ExitCode.OK;
  }

  private long length() {
    if (!Files.exists(file)) {
      throw new CommandFailedException(file + " is not there");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new CommandFailedException(file + " is no file that can be read");
    }
    try {
      long bytes = Files.size(file);
      if (bytes == 0) {
        throw new CommandFailedException(file + " is empty");
      }
      return bytes;
    } catch (IOException e) {
      throw new CommandFailedException(file + " cannot be read: " + e.getMessage());
    }
  }

  /** What is left of its name when only what streams' names may have is kept. */
  private String streamOfFile() {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String kept =
        (dot > 0 ? name.substring(0, dot) : name)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return kept.isEmpty() ? "import" : kept.substring(0, Math.min(kept.length(), 60));
  }

  private void upload(RemoteImport its, long bytes) {
    ProgressOption.Bar bar =
        progress.bar(String.format(Locale.ROOT, "%.1f MB are uploaded", bytes / 1e6));
    try {
      its.send(file, bytes, sent -> bar.show(sent, bytes));
    } finally {
      bar.end();
    }
  }

  private JsonObject await(RemoteImport its) {
    // How long it is becomes known when it is read.
    AtomicReference<Optional<ProgressOption.Bar>> bar = new AtomicReference<>(Optional.empty());
    try {
      return its.await(
          now -> {
            Double total = now.getDouble("totalSeconds");
            Double done = now.getDouble("seconds");
            if (total != null && done != null) {
              if (bar.get().isEmpty()) {
                bar.set(
                    Optional.of(
                        progress.bar(String.format(Locale.ROOT, "%.1f s are packaged", total))));
              }
              bar.get().get().show(Math.round(done * 1000), Math.round(total * 1000));
            }
          });
    } finally {
      bar.get().ifPresent(ProgressOption.Bar::end);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs already.
    }
  }
}
