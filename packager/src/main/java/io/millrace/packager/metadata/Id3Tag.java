package io.millrace.packager.metadata;

import io.millrace.media.cue.TimedMetadata;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * ID3 tags of version 2.4: one with a frame of text or bytes, or one that was made elsewhere, which
 * is looked at before it goes to players.
 */
public final class Id3Tag {
  /** What a PES packet of MPEG-TS holds besides its header. */
  public static final int LONGEST = 0xFFFF - 8;

  private static final int HEADER = 10;
  private static final int FOOTER_FLAG = 0x10;
  private static final int UTF_8 = 3;
  private static final byte[] ID3 = "ID3".getBytes(StandardCharsets.US_ASCII);

  private Id3Tag() {}

  /** The tag of some metadata; empty when that is none of ID3. */
  public static Optional<Buffer> of(TimedMetadata.Content content) {
    return switch (content) {
      case TimedMetadata.Text(String description, String value) ->
          Optional.of(
              tag(
                  "TXXX",
                  Buffer.buffer()
                      .appendByte((byte) UTF_8)
                      .appendString(description)
                      .appendByte((byte) 0)
                      .appendString(value)));
      case TimedMetadata.Private(String owner, Buffer data) ->
          Optional.of(
              tag(
                  "PRIV",
                  Buffer.buffer()
                      .appendBytes(owner.getBytes(StandardCharsets.ISO_8859_1))
                      .appendByte((byte) 0)
                      .appendBuffer(data)));
      case TimedMetadata.Id3(Buffer tag) -> Optional.of(tag);
      case TimedMetadata.Event _ -> Optional.empty();
    };
  }

  /** Why some metadata cannot go to players, in words for whoever sent it. */
  public static Optional<String> problem(TimedMetadata.Content content) {
    Optional<String> problem =
        switch (content) {
          case TimedMetadata.Text(String description, String value) ->
              description.indexOf(0) >= 0 || value.indexOf(0) >= 0
                  ? Optional.of("a text of ID3 holds no character 0")
                  : Optional.empty();
          case TimedMetadata.Private(String owner, Buffer _) -> name("owner", owner, false);
          case TimedMetadata.Id3(Buffer tag) ->
              isTag(tag) ? Optional.empty() : Optional.of("id3: is no whole ID3 tag");
          case TimedMetadata.Event(String scheme, String value, Buffer _) ->
              name("scheme", scheme, false).or(() -> name("value", value, true));
        };
    return problem.or(() -> tooLong(content));
  }

  private static Optional<String> name(String path, String name, boolean mayBeEmpty) {
    boolean ascii = name.chars().allMatch(c -> c >= 0x20 && c < 0x7F);
    return !ascii || (name.isEmpty() && !mayBeEmpty) || name.length() > 1024
        ? Optional.of(path + ": is 1 to 1024 printable characters of ASCII")
        : Optional.empty();
  }

  /** What it takes in the files, in bytes: of its tag, or of an event's data. */
  public static int length(TimedMetadata.Content content) {
    return content instanceof TimedMetadata.Event event
        ? event.data().length()
        : of(content).map(Buffer::length).orElse(0);
  }

  private static Optional<String> tooLong(TimedMetadata.Content content) {
    int length = length(content);
    return length > LONGEST
        ? Optional.of("is " + length + " bytes; at most " + LONGEST + " are carried")
        : Optional.empty();
  }

  private static boolean isTag(Buffer tag) {
    if (tag.length() < HEADER
        || tag.getByte(0) != ID3[0]
        || tag.getByte(1) != ID3[1]
        || tag.getByte(2) != ID3[2]) {
      return false;
    }
    int size = 0;
    for (int i = 6; i < HEADER; i++) {
      int seven = tag.getUnsignedByte(i);
      if (seven > 0x7F) {
        return false;
      }
      size = size << 7 | seven;
    }
    boolean footer = tag.getUnsignedByte(3) >= 4 && (tag.getByte(5) & FOOTER_FLAG) != 0;
    return tag.length() == size + HEADER + (footer ? HEADER : 0);
  }

  private static Buffer tag(String frame, Buffer body) {
    Buffer tag = Buffer.buffer(body.length() + 2 * HEADER).appendBytes(ID3);
    tag.appendByte((byte) 4).appendByte((byte) 0).appendByte((byte) 0);
    size(tag, body.length() + HEADER);
    tag.appendString(frame);
    size(tag, body.length());
    return tag.appendUnsignedShort(0).appendBuffer(body);
  }

  /** Seven bits a byte, so that no decoder of sound takes them for a frame of its own. */
  private static void size(Buffer out, int size) {
    for (int shift = 21; shift >= 0; shift -= 7) {
      out.appendByte((byte) (size >> shift & 0x7F));
    }
  }
}
