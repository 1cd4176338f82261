package io.millrace.validator;

import java.util.StringJoiner;

/**
 * Where something was seen.
 *
 * @param address the playlist, segment or other resource
 * @param version which version of the playlist, counted from 1 by the one who looked; 0 when it has
 *     none
 * @param line of the playlist, from 1; 0 when it is about no line
 * @param path within a media file, as {@code moof[0]/traf[1]/trun} or {@code byte 188}; may be
 *     empty
 */
public record Place(String address, int version, int line, String path) {
  /** The resource as a whole. */
  public static Place of(String address) {
    return new Place(address, 0, 0, "");
  }

  /** The same place in one version of a playlist. */
  public Place inVersion(int number) {
    return new Place(address, number, line, path);
  }

  /** A line of the resource. */
  public Place atLine(int number) {
    return new Place(address, version, number, path);
  }

  /** A place within the resource. */
  public Place within(String where) {
    return new Place(address, version, line, where);
  }

  @Override
  public String toString() {
    StringJoiner words = new StringJoiner(", ");
    words.add(address);
    if (version > 0) {
      words.add("version " + version);
    }
    if (line > 0) {
      words.add("line " + line);
    }
    if (!path.isEmpty()) {
      words.add(path);
    }
    return words.toString();
  }
}
