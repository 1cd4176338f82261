package io.millrace.broker.mqtt;

import io.millrace.broker.topic.TopicFilter;

/** Whether a topic may match two filters. Pure. */
final class FilterOverlap {
  private FilterOverlap() {}

  /** What {@link #of} compares: the namespace, then the levels of the path. */
  static String[] levels(TopicFilter filter) {
    return filter.toString().split("/", -1);
  }

  static boolean of(String[] levels, String[] others) {
    for (int i = 0; ; i++) {
      boolean isEnd = i == levels.length;
      boolean isOtherEnd = i == others.length;
      // '#' is also no level at all.
      if ((!isEnd && levels[i].equals("#")) || (!isOtherEnd && others[i].equals("#"))) {
        return true;
      }
      if (isEnd || isOtherEnd) {
        return isEnd && isOtherEnd;
      }
      if (!levels[i].equals("+") && !others[i].equals("+") && !levels[i].equals(others[i])) {
        return false;
      }
    }
  }
}
