package io.millrace.app.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * An import at the server: its file is brought there, and it is asked how far it is. A way to the
 * server that breaks is tried again, of a file from what is there. Blocks.
 */
final class RemoteImport {
  private static final int TRIES = 5;
  private static final long BETWEEN_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

  private final ApiClient api;
  private final String path;

  private RemoteImport(ApiClient api, String path) {
    this.api = api;
    this.path = path;
  }

  /**
   * Has the server make one, whose file is to come.
   *
   * @param wish what is wanted, as the API takes it
   */
  static RemoteImport begin(ApiClient api, String app, JsonObject wish) {
    JsonObject begun = api.post("/apps/" + ApiClient.encoded(app) + "/imports", wish);
    return new RemoteImport(api, "/imports/" + ApiClient.encoded(begun.getString("id")));
  }

  /**
   * Returns when the server has all of the file.
   *
   * @param bytes how many it has, as the server was told
   * @param sent hears how many have been sent, from another thread
   * @throws UnavailableException when five tries in a row have brought nothing
   * @throws CommandFailedException when the server does not take it, or the file is another now
   */
  void send(Path file, long bytes, LongConsumer sent) {
    long offset = 0;
    int tries = 0;
    while (true) {
      try {
        api.upload(path + "/file", FileBody.of(file, offset, bytes - offset, sent), offset);
        return;
      } catch (UnavailableException e) {
        if (length(file) != bytes) {
          throw new CommandFailedException(
              file + " has changed while it was sent; import it when nobody writes it any more");
        }
        JsonObject now = quiet(e);
        if (!now.getString("state").equals("uploading")) {
          return;
        }
        long there = now.getLong("uploadedBytes");
        tries = there > offset ? 0 : tries + 1;
        if (tries == TRIES) {
          throw e;
        }
        offset = there;
      }
    }
  }

  /**
   * Returns what has become of it.
   *
   * @param seen hears how far it is
   */
  JsonObject await(Consumer<JsonObject> seen) {
    while (true) {
      JsonObject now = look();
      String state = now.getString("state");
      if (state.equals("complete") || state.equals("failed")) {
        return now;
      }
      seen.accept(now);
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Nothing of it is to stay; what of that the server does not hear of it finds out by itself. */
  void cancel() {
    try {
      api.delete(path);
    } catch (CommandFailedException | UnavailableException e) {
      // It gives up what nobody goes on with.
    }
  }

  /** What the server has when it takes no more of what has been sent. */
  private JsonObject quiet(UnavailableException broken) {
    while (true) {
      LockSupport.parkNanos(BETWEEN_NANOS);
      try {
        JsonObject now = look();
        if (!now.getBoolean("receiving")) {
          return now;
        }
      } catch (UnavailableException e) {
        e.addSuppressed(broken);
        throw e;
      }
    }
  }

  private JsonObject look() {
    for (int tries = 1; ; tries++) {
      try {
        return api.get(path);
      } catch (UnavailableException e) {
        if (tries == TRIES) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_NANOS);
      }
    }
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new CommandFailedException(file + " cannot be read: " + e.getMessage());
    }
  }
}
