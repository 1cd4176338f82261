package io.millrace.catalog.records;

import java.time.Instant;

/** Somebody who may use the API. */
public record Account(
    String name, String tenant, String role, String passwordHash, Instant createdAt) {
  /** The only role so far: may do everything, in every tenant. */
  public static final String ADMINISTRATOR = "administrator";

  /** Hides the hash. */
  @Override
  public String toString() {
    return role + " " + name;
  }
}
