package io.millrace.catalog.imports;

import io.millrace.config.FileFailure;
import io.millrace.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on the disk of imports under way: beside each file a note of what it is, so that a start
 * knows what a stop has interrupted. Thread-safe.
 */
final class UploadFiles {
  private static final Logger LOGGER = LoggerFactory.getLogger(UploadFiles.class);
  private static final String FILE = ".upload";
  private static final String NOTE = ".json";

  private final Vertx vertx;
  private final Path directory;

  /** Makes the directory; blocks. */
  UploadFiles(Vertx vertx, Path directory) throws IOException {
    this.vertx = vertx;
    this.directory = directory;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new IOException(FileFailure.ofMaking(directory, e), e);
    }
  }

  /** What an earlier process was about, of which nothing stays here; blocks. */
  List<ImportJob> leftOvers() throws IOException {
    List<ImportJob> found = new ArrayList<>();
    List<Path> all;
    try (Stream<Path> files = Files.list(directory)) {
      all = files.toList();
    }
    for (Path file : all) {
      if (file.toString().endsWith(NOTE)) {
        read(file).ifPresent(found::add);
      }
      Files.deleteIfExists(file);
    }
    return found;
  }

  private static Optional<ImportJob> read(Path note) {
    try {
      JsonObject json = new JsonObject(Files.readString(note));
      NewImport wish =
          new NewImport(
              json.getString("tenant"),
              json.getString("app"),
              json.getString("stream"),
              json.getString("title"),
              List.of(),
              Map.of(),
              Optional.empty(),
              Optional.empty());
      return Optional.of(
          new ImportJob(json.getString("id"), wish, Instant.parse(json.getString("createdAt"))));
    } catch (IOException | RuntimeException e) {
      LOGGER
          .atWarn()
          .addKeyValue("file", note)
          .addKeyValue("reason", e.getMessage())
          .log("a note of an import cannot be read");
      return Optional.empty();
    }
  }

  /**
   * Notes an import that begins; blocks.
   *
   * @throws ImportRefusedException when the disk does not take it
   */
  void note(ImportJob job) {
    NewImport wish = job.wish();
    JsonObject json =
        new JsonObject()
            .put("id", job.id())
            .put("tenant", wish.tenant())
            .put("app", wish.app())
            .put("stream", wish.stream())
            .put("title", wish.title())
            .put("createdAt", job.createdAt().toString());
    try {
      Files.writeString(directory.resolve(job.id() + NOTE), json.encode());
    } catch (IOException e) {
      throw ImportRefusedException.of(problem(e));
    }
  }

  /** The file of an import. */
  Path of(ImportJob job) {
    return directory.resolve(job.id() + FILE);
  }

  /** Opens it behind what it has. */
  Future<AsyncFile> append(ImportJob job) {
    return vertx
        .fileSystem()
        .open(
            of(job).toString(),
            new OpenOptions().setRead(false).setCreate(true).setWrite(true).setAppend(true));
  }

  /** Nothing of it stays. */
  void remove(ImportJob job) {
    remove(of(job));
    remove(directory.resolve(job.id() + NOTE));
  }

  private void remove(Path file) {
    vertx
        .fileSystem()
        .delete(file.toString())
        .onFailure(
            failure -> {
              if (!isMissing(failure)) {
                LOGGER
                    .atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", failure.getMessage())
                    .log("what was uploaded cannot be removed");
              }
            });
  }

  private static boolean isMissing(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof NoSuchFileException) {
        return true;
      }
    }
    return false;
  }

  /** What a failure of the disk is to whoever sends a file. */
  static Problem problem(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof IOException e && FileFailure.isFull(e)) {
        return new Problem(507, "no-room", "the server's disk is full; make room on it");
      }
      if (each instanceof FileSystemException e) {
        return new Problem(
            503, "not-stored", "the server cannot keep the file: " + FileFailure.reason(e));
      }
    }
    LOGGER.atError().setCause(failure).log("a file cannot be taken");
    return new Problem(500, "internal-error", "something went wrong here; it was logged");
  }
}
