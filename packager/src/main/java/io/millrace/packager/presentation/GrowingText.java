package io.millrace.packager.presentation;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/**
 * Text that grows at its end and is dropped at its front, so that each version of a long list costs
 * only what is new in it. Its {@link Span}s stay what they are: what has been appended is never
 * written over. Confined to one thread; spans may go to others.
 */
public final class GrowingText {
  private static final int LEAST = 4096;

  private byte[] bytes = new byte[LEAST];
  private int from;
  private int to;

  /** Puts text behind what is there. */
  public void append(byte[] more) {
    if (to + more.length > bytes.length) {
      int kept = to - from;
      byte[] larger = new byte[Math.max(LEAST, 2 * (kept + more.length))];
      System.arraycopy(bytes, from, larger, 0, kept);
      bytes = larger;
      from = 0;
      to = kept;
    }
    System.arraycopy(more, 0, bytes, to, more.length);
    to += more.length;
  }

  /** Takes so many bytes from the front. */
  public void drop(int length) {
    from += length;
  }

  /** What is there now. */
  public Span span() {
    return span(0);
  }

  /**
   * The same without its end.
   *
   * @param less so many bytes are left out
   */
  public Span span(int less) {
    return new Span(bytes, from, to - less);
  }

  /** A stretch of text that does not change. */
  public static final class Span {
    /** No text. */
    public static final Span EMPTY = new Span(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int from;
    private final int to;

    private Span(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
    }

    /** A text of its own, which is not to be changed any more. */
    public static Span of(byte[] text) {
      return new Span(text, 0, text.length);
    }

    /** A copy. */
    public byte[] bytes() {
      return Arrays.copyOfRange(bytes, from, to);
    }

    public int length() {
      return to - from;
    }

    /** The same without so much of its beginning. */
    public Span behind(int start) {
      return new Span(bytes, from + start, to);
    }

    /** Puts this text behind what a buffer holds. */
    public void appendTo(Buffer out) {
      out.appendBytes(bytes, from, to - from);
    }

    /** The same of a stretch of it. */
    public void appendTo(Buffer out, int start, int end) {
      out.appendBytes(bytes, from + start, end - start);
    }

    /**
     * Where a line ends, its end included, that is whole before a place; 0 when there is none.
     *
     * @param line without its end
     */
    public int endOfLine(byte[] line, int before) {
      for (int end = before; end > line.length; end--) {
        int start = end - 1 - line.length;
        if (bytes[from + end - 1] == '\n'
            && (start == 0 || bytes[from + start - 1] == '\n')
            && Arrays.equals(bytes, from + start, from + end - 1, line, 0, line.length)) {
          return end;
        }
      }
      return 0;
    }
  }
}
