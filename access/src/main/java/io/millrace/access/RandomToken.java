package io.millrace.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Secrets of 160 random bits: a prefix that tells their kind, then 32 of {@code a-z2-7}. */
public final class RandomToken {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int LENGTH = 32;

  private RandomToken() {}

  /** A new one, that nobody else has. */
  public static String generate(String prefix) {
    byte[] bytes = new byte[LENGTH];
    RANDOM.nextBytes(bytes);
    StringBuilder text = new StringBuilder(prefix.length() + LENGTH).append(prefix);
    for (byte b : bytes) {
      text.append(ALPHABET.charAt(b & 31));
    }
    return text.toString();
  }

  /**
   * What is stored of one. A single SHA-256 is enough for 160 random bits; passwords that people
   * choose need {@link PasswordHash}.
   */
  public static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Whether this is the token whose hash is stored; takes the same time for every wrong one. */
  public static boolean matches(String token, byte[] hash) {
    return MessageDigest.isEqual(hash(token), hash);
  }
}
