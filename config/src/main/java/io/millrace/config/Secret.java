package io.millrace.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A value that never shows itself: {@link #toString} prints {@code ***}. */
public record Secret(String reveal) {

  /** Compares in constant time, so that an answer's delay tells nothing about the value. */
  public boolean matches(String candidate) {
    return MessageDigest.isEqual(
        reveal.getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "***";
  }
}
