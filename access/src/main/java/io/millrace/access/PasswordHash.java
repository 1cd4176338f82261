package io.millrace.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Passwords as they are stored: Argon2id (RFC 9106) in the usual text form, {@code
 * $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. Takes some 50 ms and 19 MiB a call: never on an event
 * loop.
 */
public final class PasswordHash {
  /** Longer ones are refused unseen, in characters. */
  public static final int LONGEST = 256;

  private static final int MEMORY_KIB = 19_456;
  private static final int ITERATIONS = 2;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d)"
              + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

  private PasswordHash() {}

  /**
   * @throws IllegalArgumentException when it is longer than {@link #LONGEST}
   */
  public static String of(String password) {
    if (password.length() > LONGEST) {
      throw new IllegalArgumentException("a password has at most " + LONGEST + " characters");
    }
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    byte[] hash = derive(password, salt, MEMORY_KIB, ITERATIONS, 1, HASH_BYTES);
    Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m="
        + MEMORY_KIB
        + ",t="
        + ITERATIONS
        + ",p=1$"
        + encoder.encodeToString(salt)
        + "$"
        + encoder.encodeToString(hash);
  }

  /** Whether this is the password; false too when what was stored is not such a hash. */
  public static boolean matches(String password, String stored) {
    Matcher form = FORM.matcher(stored);
    if (password.length() > LONGEST || !form.matches()) {
      return false;
    }
    int memory = Integer.parseInt(form.group(1));
    int iterations = Integer.parseInt(form.group(2));
    int lanes = Integer.parseInt(form.group(3));
    if (memory < 8 || memory > 1 << 20 || iterations < 1 || lanes < 1) {
      return false;
    }
    byte[] salt;
    byte[] expected;
    try {
      salt = Base64.getDecoder().decode(form.group(4));
      expected = Base64.getDecoder().decode(form.group(5));
    } catch (IllegalArgumentException e) {
      return false;
    }
    byte[] actual = derive(password, salt, memory, iterations, lanes, expected.length);
    return MessageDigest.isEqual(expected, actual);
  }

  private static byte[] derive(
      String password, byte[] salt, int memoryKib, int iterations, int lanes, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(iterations)
            .withParallelism(lanes)
            .withSalt(salt)
            .build());
    byte[] hash = new byte[length];
    generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    return hash;
  }
}
