package io.millrace.catalog.pages;

import io.millrace.http.Gzip;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One file, ready to be sent.
 *
 * @param gzip the same, compressed, where that is worth it
 * @param tag its strong validator, with its quotes
 */
public record Page(String contentType, Buffer bytes, Optional<Buffer> gzip, String tag) {
  private static final int SMALLEST_COMPRESSED = 1024;
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("webp", "image/webp"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"));

  static Page of(String name, byte[] bytes) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    String type = TYPES.getOrDefault(ending, "application/octet-stream");
    boolean compressible =
        type.startsWith("text/") || type.endsWith("json") || type.equals("image/svg+xml");
    Optional<Buffer> gzip = Optional.empty();
    if (compressible && bytes.length >= SMALLEST_COMPRESSED) {
      gzip = Optional.of(Gzip.compress(bytes));
    }
    return new Page(type, Buffer.buffer(bytes), gzip, tag(bytes));
  }

  private static String tag(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "\"" + HexFormat.of().formatHex(hash, 0, 12) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
