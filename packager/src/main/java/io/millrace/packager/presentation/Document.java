package io.millrace.packager.presentation;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A playlist or a still as it goes out. It is put together when somebody asks for this version,
 * once for all who do. Immutable to see; any thread asks.
 */
public final class Document {
  /** Nothing to show. */
  public static final Document EMPTY = new Document(Buffer::buffer);

  private record Written(Buffer bytes, String etag) {}

  private final Supplier<Buffer> writer;
  private volatile @Nullable Written written;

  private Document(Supplier<Buffer> writer) {
    this.writer = writer;
  }

  /**
   * A document that is written when it is asked for.
   *
   * @param writer gives its bytes, the same each time
   */
  public static Document of(Supplier<Buffer> writer) {
    return new Document(writer);
  }

  public boolean isEmpty() {
    return this == EMPTY;
  }

  /** UTF-8 where it is a playlist; shared by all readers and not to be changed. */
  public Buffer bytes() {
    return written().bytes;
  }

  /** Strong, of the bytes, without quotes. */
  public String etag() {
    return written().etag;
  }

  public String text() {
    return bytes().toString(StandardCharsets.UTF_8);
  }

  /** Two threads may write it at the same time; they write the same. */
  private Written written() {
    Written known = written;
    if (known == null) {
      Buffer bytes = writer.get();
      CRC32C crc = new CRC32C();
      crc.update(bytes.getBytes());
      known =
          new Written(
              bytes, Long.toHexString(crc.getValue()) + "-" + Integer.toHexString(bytes.length()));
      written = known;
    }
    return known;
  }
}
