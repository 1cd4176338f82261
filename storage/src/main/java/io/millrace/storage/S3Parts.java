package io.millrace.storage;

import io.minio.messages.Part;
import io.vertx.core.buffer.Buffer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads in parts, one part at a time, so that one part is in memory. All methods block.
 *
 * <p>Parts of an upload that nobody ends are kept by the store, and paid for: one that fails is
 * ended at once, those of a process that was killed when they are old.
 */
final class S3Parts {
  private static final Logger LOGGER = LoggerFactory.getLogger(S3Parts.class);

  /** An S3 store takes no more. */
  private static final int MAX_PARTS = 10_000;

  private final S3Bucket bucket;
  private final S3Tries tries;
  private final long partSize;

  S3Parts(S3Bucket bucket, S3Tries tries, long partSize) {
    this.bucket = bucket;
    this.tries = tries;
    this.partSize = partSize;
  }

  /** Where an object's bytes are. */
  interface Source {
    byte[] read(long from, int length) throws IOException;

    static Source of(Buffer content) {
      return (from, length) -> content.getBytes((int) from, (int) from + length);
    }

    static Source of(FileChannel file) {
      return (from, length) -> {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
          if (file.read(bytes, from + bytes.position()) < 0) {
            throw new EOFException("the file has become shorter");
          }
        }
        return bytes.array();
      };
    }
  }

  ObjectInfo put(String key, long size, Source source) throws IOException {
    long step = Math.max(partSize, size / MAX_PARTS + 1);
    String upload = tries.until("put", key, () -> bucket.beginParts(key));
    try {
      List<Part> parts = new ArrayList<>();
      for (long from = 0; from < size; from += step) {
        byte[] bytes = source.read(from, (int) Math.min(step, size - from));
        int number = parts.size() + 1;
        parts.add(tries.until("put", key, () -> bucket.putPart(key, upload, number, bytes)));
      }
      return tries.until("put", key, () -> bucket.completeParts(key, upload, parts, size));
    } catch (IOException | StorageException e) {
      end(key, upload, e);
      throw e;
    }
  }

  private void end(String key, String upload, Exception why) {
    try {
      bucket.abortParts(key, upload);
    } catch (S3Failure e) {
      why.addSuppressed(e);
    }
  }

  /**
   * Ends the uploads that began before a time, as many as the store lists at once; a bucket that
   * does not let us is left alone.
   */
  void endOld(Instant before) {
    try {
      int ended = 0;
      for (S3Bucket.OpenUpload upload : bucket.openUploads()) {
        if (upload.begunAt().isBefore(before)) {
          bucket.abortParts(upload.key(), upload.id());
          ended++;
        }
      }
      if (ended > 0) {
        LOGGER.atInfo().addKeyValue("uploads", ended).log("uploads that nobody ended are ended");
      }
    } catch (S3Failure e) {
      LOGGER
          .atInfo()
          .addKeyValue("reason", e.getMessage())
          .log("uploads in parts that nobody ended cannot be looked for");
    }
  }
}
