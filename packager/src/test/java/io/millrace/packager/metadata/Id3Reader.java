package io.millrace.packager.metadata;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads ID3v2.4 as its specification tells it, sharing nothing with the writer. */
public final class Id3Reader {
  /** A frame and what is in it. */
  public record Frame(String id, Buffer body) {
    /** Latin-1 up to the first 0. */
    public String owner() {
      return body.getString(0, zero(0), "ISO-8859-1");
    }

    public Buffer data() {
      return body.getBuffer(zero(0) + 1, body.length());
    }

    public String description() {
      return body.getString(1, zero(1));
    }

    public String value() {
      return body.getString(zero(1) + 1, body.length());
    }

    private int zero(int from) {
      int at = from;
      while (body.getByte(at) != 0) {
        at++;
      }
      return at;
    }
  }

  private Id3Reader() {}

  /** The frames of a tag that is all of the bytes. */
  public static List<Frame> frames(byte[] tag) {
    ByteBuffer in = ByteBuffer.wrap(tag);
    if (in.get() != 'I' || in.get() != 'D' || in.get() != '3' || in.get() != 4 || in.get() != 0) {
      throw new IllegalArgumentException("no ID3v2.4.0");
    }
    if (in.get() != 0) {
      throw new IllegalArgumentException("flags");
    }
    if (synchsafe(in) != in.remaining()) {
      throw new IllegalArgumentException("size");
    }
    List<Frame> frames = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] id = new byte[4];
      in.get(id);
      byte[] body = new byte[synchsafe(in)];
      if (in.getShort() != 0) {
        throw new IllegalArgumentException("frame flags");
      }
      in.get(body);
      frames.add(new Frame(new String(id, StandardCharsets.US_ASCII), Buffer.buffer(body)));
    }
    return frames;
  }

  private static int synchsafe(ByteBuffer in) {
    int size = 0;
    for (int i = 0; i < 4; i++) {
      int seven = in.get();
      if (seven < 0) {
        throw new IllegalArgumentException("not synchsafe");
      }
      size = size * 128 + seven;
    }
    return size;
  }
}
