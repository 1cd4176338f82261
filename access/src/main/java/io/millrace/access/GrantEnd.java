package io.millrace.access;

/** Why a grant ended while it was in use. */
public enum GrantEnd {
  EXPIRED("the credential has expired"),
  REVOKED("the credential has been revoked");

  private final String message;

  GrantEnd(String message) {
    this.message = message;
  }

  /** One sentence for the person at the client. */
  public String message() {
    return message;
  }
}
