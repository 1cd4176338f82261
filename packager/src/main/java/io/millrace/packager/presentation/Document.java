package io.millrace.packager.presentation;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;

/**
 * A playlist's text as it goes out, made once for each version and shared by all its readers.
 *
 * @param etag strong, of the plain text, without quotes; the compressed form adds {@code -gz}
 */
public record Document(Buffer plain, Buffer gzip, String etag) {
  /** Nothing to show. */
  public static final Document EMPTY = new Document(Buffer.buffer(), Buffer.buffer(), "");

  public static Document of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    String etag = Long.toHexString(crc.getValue()) + "-" + Integer.toHexString(text.hashCode());
    return new Document(Buffer.buffer(bytes), Buffer.buffer(compress(bytes)), etag);
  }

  public String text() {
    return plain.toString(StandardCharsets.UTF_8);
  }

  private static byte[] compress(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4 + 32);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
