package io.millrace.storage;

import java.util.regex.Pattern;

/** The form of keys and prefixes, as {@link ObjectStore} promises it. */
final class ObjectKey {
  private static final int MAX_LENGTH = 1024;
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9._~-]{1,255}");

  private ObjectKey() {}

  /**
   * The key itself.
   *
   * @throws IllegalArgumentException when it is not allowed
   */
  static String checked(String key) {
    if (key.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("key of " + key.length() + " characters");
    }
    for (String part : key.split("/", -1)) {
      if (!PART.matcher(part).matches() || part.equals(".") || part.equals("..")) {
        throw new IllegalArgumentException("key '" + shown(key) + "'");
      }
    }
    return key;
  }

  /**
   * The prefix itself: empty, or a key with a {@code /} behind it.
   *
   * @throws IllegalArgumentException when it is not allowed
   */
  static String checkedPrefix(String prefix) {
    if (!prefix.isEmpty()) {
      if (!prefix.endsWith("/")) {
        throw new IllegalArgumentException("prefix '" + shown(prefix) + "' has no '/' at its end");
      }
      checked(prefix.substring(0, prefix.length() - 1));
    }
    return prefix;
  }

  private static String shown(String key) {
    return key.replaceAll("\\p{Cntrl}", "?");
  }
}
