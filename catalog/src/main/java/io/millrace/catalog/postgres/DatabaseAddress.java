package io.millrace.catalog.postgres;

import io.millrace.config.Secret;
import java.util.Optional;

/** How to reach a database. */
public record DatabaseAddress(String jdbcUrl, Optional<String> user, Optional<Secret> password) {}
