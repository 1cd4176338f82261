package io.millrace.http;

import java.io.IOException;

/** A certificate or its key cannot be used; the message names the file and what is wrong. */
public final class CertificateFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String key;

  CertificateFileException(String key, String message, Throwable cause) {
    super(message, cause);
    this.key = key;
  }

  /**
   * The setting that a failure to load a certificate is about.
   *
   * @return {@code certificate} or {@code key}, as {@link CertificateFiles#read} calls them
   */
  public static String keyOf(Throwable failure) {
    return failure instanceof CertificateFileException it ? it.key : "certificate";
  }
}
