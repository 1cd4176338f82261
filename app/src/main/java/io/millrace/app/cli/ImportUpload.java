package io.millrace.app.cli;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Brings a file to the server, and goes on from what is there when the way breaks. Blocks. */
final class ImportUpload {
  private static final int TRIES = 5;
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final ApiClient api;
  private final String path;
  private final Path file;
  private final long bytes;

  /**
   * @param path of the import in the API
   * @param bytes how many the file has
   */
  ImportUpload(ApiClient api, String path, Path file, long bytes) {
    this.api = api;
    this.path = path;
    this.file = file;
    this.bytes = bytes;
  }

  /**
   * Returns when the server has all of it.
   *
   * @param sent hears how many bytes have been sent, from another thread
   * @throws UnavailableException when five tries in a row have brought nothing
   */
  void send(LongConsumer sent) {
    long offset = 0;
    int tries = 0;
    while (true) {
      try {
        api.upload(path + "/file", FileBody.of(file, offset, bytes - offset, sent), offset);
        return;
      } catch (UnavailableException e) {
        JsonObject now = afterBreak(e);
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

  /** What the server has when it takes no more of what has been sent. */
  private JsonObject afterBreak(UnavailableException broken) {
    int tries = 0;
    while (true) {
      LockSupport.parkNanos(BETWEEN.toNanos());
      try {
        JsonObject now = api.get(path);
        if (!now.getBoolean("receiving")) {
          return now;
        }
        tries = 0;
      } catch (UnavailableException e) {
        tries++;
        if (tries == TRIES) {
          throw broken;
        }
      }
    }
  }
}
