package io.millrace.access;

/** What a grant can be ended by. */
public record GrantId(Kind kind, String value) {
  /** Who knows whether it is still good. */
  public enum Kind {
    /** A key of the catalogue, by its id. */
    KEY,
    /** A token, by its {@code jti}. */
    TOKEN,
    /** An administrator's API token, by its id. */
    API_TOKEN
  }

  public static GrantId key(String id) {
    return new GrantId(Kind.KEY, id);
  }

  public static GrantId apiToken(String id) {
    return new GrantId(Kind.API_TOKEN, id);
  }

  public static GrantId token(String jti) {
    return new GrantId(Kind.TOKEN, jti);
  }
}
