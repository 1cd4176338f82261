package io.millrace.broker.topic;

/**
 * The way from a node of a {@link TopicTree} to its child of one level: the node's number and the
 * level's text, which is a part of some path. The one that looks up is moved from level to level;
 * those that are keys of a map never change. They are comparable so that a {@link
 * java.util.HashMap} stays quick when somebody chooses levels whose hashes are equal.
 */
final class LevelKey implements Comparable<LevelKey> {
  private long parent;
  private String path = "";
  private int from;
  private int length;
  private int hash;

  /** One that looks up. */
  LevelKey() {}

  /** Points this key at a level. */
  LevelKey set(long parent, String path, int from, int length, int levelHash) {
    this.parent = parent;
    this.path = path;
    this.from = from;
    this.length = length;
    this.hash = levelHash + Long.hashCode(parent * 0x9E3779B97F4A7C15L);
    return this;
  }

  /** A key that is equal to this one, never changes, and does not hold on to the path. */
  LevelKey copy() {
    LevelKey copy = new LevelKey();
    copy.parent = parent;
    copy.path = path.substring(from, from + length);
    copy.length = length;
    copy.hash = hash;
    return copy;
  }

  /** The hash of a level's text. */
  static int hash(String path, int from, int end) {
    int hash = 0;
    for (int i = from; i < end; i++) {
      hash = 31 * hash + path.charAt(i);
    }
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LevelKey key
        && hash == key.hash
        && parent == key.parent
        && length == key.length
        && path.regionMatches(from, key.path, key.from, length);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public int compareTo(LevelKey other) {
    int order = Long.compare(parent, other.parent);
    if (order == 0) {
      order = Integer.compare(length, other.length);
    }
    for (int i = 0; order == 0 && i < length; i++) {
      order = Character.compare(path.charAt(from + i), other.path.charAt(other.from + i));
    }
    return order;
  }
}
