package io.millrace.packager.live;

import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers that one rendition's segments need, with what they describe: each is there for as
 * long as a segment needs it, and spoken of for as long as one is listed (HLS M1). Segments that
 * carry their own count by their format. Confined to the broadcast's home context.
 */
final class Headers {
  private final Map<String, Header> headers = new HashMap<>();

  /** One header and how many segments need it. */
  static final class Header {
    private RenditionInfo format;
    private @Nullable Buffer bytes;
    private int held;
    private int listed;

    private Header(RenditionInfo format) {
      this.format = format;
    }

    /** More is known of the format. */
    void describe(RenditionInfo better) {
      format = better;
    }

    /** True the first time. */
    boolean show(Buffer content) {
      boolean isNew = bytes == null;
      bytes = content;
      return isNew;
    }

    /** A segment that needs it is listed and held. */
    void list() {
      held++;
      listed++;
    }

    void unlist() {
      listed--;
    }

    void forget() {
      held--;
    }
  }

  /** By name; it describes {@code format} when it is a new one. */
  Header find(String name, RenditionInfo format) {
    return headers.computeIfAbsent(name, unknown -> new Header(format));
  }

  /** The header of a segment in a format. */
  Header of(Segment segment, RenditionInfo format) {
    String own = "@" + format.codecs() + "@" + format.width() + "x" + format.height();
    return find(segment.hasInit() ? segment.init() : own, format);
  }

  /**
   * @param needed the name of one that is needed all the same
   */
  void removeUnused(String needed) {
    headers.entrySet().removeIf(of -> of.getValue().held == 0 && !of.getKey().equals(needed));
  }

  /** The headers themselves, by name. */
  Map<String, Buffer> bytes() {
    Map<String, Buffer> found = new HashMap<>();
    headers.forEach(
        (name, header) -> {
          Buffer content = header.bytes;
          if (content != null) {
            found.put(name, content);
          }
        });
    return found;
  }

  /** What the listed segments are, by the names of their headers. */
  Map<String, RenditionInfo> formats() {
    Map<String, RenditionInfo> found = new HashMap<>();
    headers.forEach(
        (name, header) -> {
          if (header.listed > 0) {
            found.put(name, header.format);
          }
        });
    return found;
  }
}
