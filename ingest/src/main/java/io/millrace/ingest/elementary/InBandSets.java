package io.millrace.ingest.elementary;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Keeps parameter sets of one kind by their ids, as a decoder does when they come between pictures
 * (ISO/IEC 14496-10 7.4.1.2.1).
 */
final class InBandSets {
  private static final int MAX_SETS = 31;
  private static final int UNREADABLE = -1;

  private record Known(int id, Buffer set) {}

  private final ToIntFunction<Buffer> parameterSetId;
  private final List<Known> known = new ArrayList<>();

  /**
   * @param parameterSetId tells the id of a whole NAL unit, or throws that it is malformed
   */
  InBandSets(ToIntFunction<Buffer> parameterSetId) {
    this.parameterSetId = parameterSetId;
  }

  /**
   * Notes a parameter set: in the place of the one with its id, or as a further one. One that can't
   * be read is left out.
   *
   * @return whether that is news
   */
  boolean note(Buffer data, int from, int length) {
    for (int i = 0; i < known.size(); i++) {
      if (isSame(known.get(i).set, data, from, length)) {
        return false;
      }
    }
    Buffer set = data.getBuffer(from, from + length);
    int id = idOf(set);
    if (id == UNREADABLE) {
      return false;
    }
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).id == id) {
        known.set(i, new Known(id, set));
        return true;
      }
    }
    return known.size() < MAX_SETS && known.add(new Known(id, set));
  }

  /** Forgets what was known for what a configuration says. */
  void replace(List<Buffer> sets) {
    known.clear();
    for (Buffer set : sets) {
      known.add(new Known(idOf(set), set));
    }
  }

  boolean isEmpty() {
    return known.isEmpty();
  }

  List<Buffer> sets() {
    return known.stream().map(Known::set).toList();
  }

  private int idOf(Buffer set) {
    try {
      return parameterSetId.applyAsInt(set);
    } catch (MalformedMediaException e) {
      return UNREADABLE;
    }
  }

  private static boolean isSame(Buffer set, Buffer data, int from, int length) {
    if (set.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (set.getByte(i) != data.getByte(from + i)) {
        return false;
      }
    }
    return true;
  }
}
