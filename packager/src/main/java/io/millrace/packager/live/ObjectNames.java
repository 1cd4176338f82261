package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Keys of a broadcast's objects: {@code {tenant}/{app}/{stream}/{broadcast}/…}. */
public final class ObjectNames {
  /** One object for each broadcast that has any; {@code ~} starts no tenant's name. */
  public static final String INDEX = "~broadcasts/";

  /** One object for each asset. */
  public static final String ASSETS = "~assets/";

  /** Behind a broadcast's prefix: the lists of what has been recorded. */
  static final String CHUNKS = "recording/";

  private static final int CHUNK_DIGITS = 12;

  private ObjectNames() {}

  /** The record of an asset. */
  public static String asset(BroadcastId asset) {
    return ASSETS + asset;
  }

  /** The name, behind the broadcast's prefix, of the chunk that begins with a segment. */
  public static String chunk(long msn, int epoch) {
    return String.format(Locale.ROOT, "%s%012d-%d.json", CHUNKS, msn, epoch);
  }

  /**
   * The number that a chunk begins with.
   *
   * @param name behind the broadcast's prefix; empty for anything but a chunk
   */
  static OptionalLong chunkStart(String name) {
    return name.startsWith(CHUNKS) && name.matches("recording/[0-9]{12}-[0-9]{1,9}\\.json")
        ? OptionalLong.of(Long.parseLong(name, CHUNKS.length(), CHUNKS.length() + CHUNK_DIGITS, 10))
        : OptionalLong.empty();
  }

  /** What all of a broadcast's keys start with, with the {@code /}. */
  public static String prefix(Broadcast broadcast) {
    return path(broadcast) + "/";
  }

  public static String object(Broadcast broadcast, String rendition, String file) {
    return path(broadcast) + "/" + rendition + "/" + file;
  }

  public static String state(Broadcast broadcast) {
    return path(broadcast) + "/state.json";
  }

  public static String index(Broadcast broadcast) {
    return INDEX + path(broadcast);
  }

  /** What an index key names; empty when it is none. */
  public static Optional<Indexed> indexed(String key) {
    String[] parts = key.startsWith(INDEX) ? key.split("/", -1) : new String[0];
    if (parts.length != 5) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Indexed(parts[1], new StreamKey(parts[2], parts[3]), new BroadcastId(parts[4])));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A broadcast that has objects. */
  public record Indexed(String tenant, StreamKey stream, BroadcastId broadcast) {
    /** What all of its keys start with, with the {@code /}. */
    public String prefix() {
      return tenant + "/" + stream + "/" + broadcast + "/";
    }
  }

  private static String path(Broadcast broadcast) {
    return broadcast.tenant() + "/" + broadcast.stream() + "/" + broadcast.id();
  }
}
