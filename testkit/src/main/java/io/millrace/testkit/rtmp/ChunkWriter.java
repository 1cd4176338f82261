package io.millrace.testkit.rtmp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Cuts messages into chunks in a chosen form. Not thread-safe. */
public final class ChunkWriter {
  private static final int EXTENDED = 0xFFFFFF;

  private final ChunkForm form;
  private final Map<Integer, Last> lasts = new HashMap<>();
  private int chunkSize = 128;

  /** What a chunk stream's next header is relative to. */
  private record Last(Message message, long delta) {}

  /** A message of which some chunks are still to be sent. */
  private static final class Open {
    private final Message message;
    private final long extension;
    private int sent;

    Open(Message message, long extension) {
      this.message = message;
      this.extension = extension;
    }
  }

  public ChunkWriter(ChunkForm form) {
    this.form = form;
  }

  /** The size of the chunks that follow; tells the peer with a Set Chunk Size message. */
  public void chunkSize(int size, Bytes out) {
    write(Message.control(Message.SET_CHUNK_SIZE, new Bytes().u32(size).toArray()), out);
    chunkSize = size;
  }

  /**
   * The size of the chunks that follow, without telling: the mistake, or after telling otherwise.
   */
  public void silentChunkSize(int size) {
    chunkSize = size;
  }

  public void write(Message message, Bytes out) {
    Open open = begin(message, out);
    while (open.sent < message.payload().length) {
      goOn(open, out);
    }
  }

  /**
   * One chunk of each message in turn until all are whole. They need different chunk streams.
   *
   * @param sizes a new size of chunks after each turn; 0 leaves it
   */
  public void interleave(List<Message> messages, IntSupplier sizes, Bytes out) {
    List<Open> open = new ArrayList<>();
    messages.forEach(message -> open.add(begin(message, out)));
    while (!open.isEmpty()) {
      open.removeIf(one -> one.sent == one.message.payload().length);
      int size = sizes.getAsInt();
      if (size > 0) {
        chunkSize(size, out);
      }
      open.forEach(one -> goOn(one, out));
    }
  }

  private Open begin(Message message, Bytes out) {
    Last last = lasts.get(message.chunkStream());
    int format = format(message, last);
    long delta = last == null ? 0 : (message.timestamp() - last.message.timestamp()) & 0xFFFFFFFFL;
    long field = format == 0 ? message.timestamp() : delta;
    if (format == 3 && last != null) {
      field = last.delta;
    }
    basicHeader(format, message.chunkStream(), out);
    if (format < 3) {
      out.u24((int) Math.min(field, EXTENDED));
    }
    if (format < 2) {
      out.u24(message.payload().length).u8(message.type());
    }
    if (format == 0) {
      out.u32LittleEndian(message.streamId());
    }
    if (field >= EXTENDED) {
      out.u32(field);
    }
    lasts.put(message.chunkStream(), new Last(message, format == 0 ? 0 : delta));
    Open open = new Open(message, field);
    data(open, out);
    return open;
  }

  private int format(Message message, @Nullable Last last) {
    if (last == null || !form.compressed() || last.message.streamId() != message.streamId()) {
      return 0;
    }
    long delta = (message.timestamp() - last.message.timestamp()) & 0xFFFFFFFFL;
    if (delta > Integer.MAX_VALUE) {
      return 0;
    }
    boolean sameForm =
        last.message.type() == message.type()
            && last.message.payload().length == message.payload().length;
    if (!sameForm) {
      return 1;
    }
    return last.delta > 0 && last.delta == delta ? 3 : 2;
  }

  private void goOn(Open open, Bytes out) {
    basicHeader(3, open.message.chunkStream(), out);
    if (open.extension >= EXTENDED && form.repeatsExtension()) {
      out.u32(open.extension);
    }
    data(open, out);
  }

  private void data(Open open, Bytes out) {
    int count = Math.min(chunkSize, open.message.payload().length - open.sent);
    out.add(open.message.payload(), open.sent, count);
    open.sent += count;
  }

  private void basicHeader(int format, int id, Bytes out) {
    if (id < 64) {
      out.u8((format << 6) | id);
    } else if (id < 320 && form.headerBytes() < 3) {
      out.u8(format << 6).u8(id - 64);
    } else {
      out.u8((format << 6) | 1).u8(id - 64).u8((id - 64) >> 8);
    }
  }
}
