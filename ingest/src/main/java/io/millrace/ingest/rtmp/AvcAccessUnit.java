package io.millrace.ingest.rtmp;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;

/**
 * An access unit's NAL units behind lengths of four bytes.
 *
 * @param idr whether it holds a slice of an IDR picture
 * @param picture whether it holds any slice; parameter sets or SEI may come alone
 */
record AvcAccessUnit(Buffer data, boolean idr, boolean picture) {
  private static final int IDR = 5;
  private static final String WHERE = "AVC access unit";

  /**
   * Reads NAL units and brings them to lengths of four bytes. Data that is in that shape already is
   * not copied; empty NAL units and up to three zero bytes at the end are left out.
   *
   * @param lengthSize bytes of each length as it comes: 1, 2 or 4
   * @throws MalformedMediaException when the lengths don't fit the data
   * @throws UnsupportedMediaException when the units are separated by start codes (Annex B)
   */
  static AvcAccessUnit read(Buffer data, int lengthSize) {
    boolean idr = false;
    boolean picture = false;
    boolean asIs = lengthSize == 4;
    Buffer rewritten = asIs ? data : Buffer.buffer(data.length() + 64);
    int at = 0;
    while (at < data.length()) {
      if (data.length() - at < lengthSize) {
        requireZeros(data, at);
        return asIs
            ? new AvcAccessUnit(data.slice(0, at), idr, picture)
            : new AvcAccessUnit(rewritten, idr, picture);
      }
      long length =
          switch (lengthSize) {
            case 1 -> data.getUnsignedByte(at);
            case 2 -> data.getUnsignedShort(at);
            default -> data.getUnsignedInt(at);
          };
      int from = at + lengthSize;
      if (length > data.length() - from) {
        throw wrongLength(data, at, length);
      }
      if (length == 0 && asIs) {
        asIs = false;
        rewritten = Buffer.buffer(data.length()).appendBuffer(data, 0, at);
      }
      if (length > 0) {
        int type = data.getByte(from) & 0x1F;
        idr |= type == IDR;
        picture |= type >= 1 && type <= IDR;
        if (!asIs) {
          rewritten.appendInt((int) length).appendBuffer(data, from, (int) length);
        }
      }
      at = from + (int) length;
    }
    return new AvcAccessUnit(rewritten, idr, picture);
  }

  private static void requireZeros(Buffer data, int from) {
    for (int i = from; i < data.length(); i++) {
      if (data.getByte(i) != 0) {
        throw new MalformedMediaException(WHERE, from, "ends within a length");
      }
    }
  }

  private static RuntimeException wrongLength(Buffer data, int at, long length) {
    boolean annexB = data.length() > 4 && (data.getInt(0) == 1 || data.getUnsignedMedium(0) == 1);
    return annexB
        ? new UnsupportedMediaException(
            "the encoder separates NAL units by start codes (Annex B); FLV needs lengths")
        : new MalformedMediaException(
            WHERE, at, "NAL unit of " + length + " bytes goes past the end");
  }
}
