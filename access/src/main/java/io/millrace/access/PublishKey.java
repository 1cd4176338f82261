package io.millrace.access;

import java.util.Optional;

/** The secret that opens an app to a publisher: {@code mk_} and 32 characters (160 random bits). */
public final class PublishKey {
  /** Longer ones are not looked at. */
  public static final int LONGEST = 256;

  private static final int SHORTEST = 6;

  private PublishKey() {}

  public static String generate() {
    return RandomToken.generate("mk_");
  }

  /** What is stored and looked up. */
  public static byte[] hash(String key) {
    return RandomToken.hash(key);
  }

  /** Whether this is the key whose hash is stored, in constant time. */
  public static boolean matches(String key, byte[] hash) {
    return key.length() <= LONGEST && RandomToken.matches(key, hash);
  }

  /** What is wrong with a key that an operator chose; empty when it will do. */
  public static Optional<String> problem(String key) {
    if (key.length() < SHORTEST || key.length() > LONGEST) {
      return Optional.of("a publish key has " + SHORTEST + " to " + LONGEST + " characters");
    }
    return key.chars().allMatch(c -> c > ' ' && c < 127)
        ? Optional.empty()
        : Optional.of("a publish key has neither spaces nor characters outside ASCII");
  }
}
