package io.millrace.catalog;

import io.millrace.config.Secret;
import java.util.Optional;

/**
 * What the first start made, to be shown once and never again.
 *
 * @param administrator the account's name
 * @param password its password; empty when the configuration chose it
 * @param publishKey opens every stream of the app {@code live}; empty when the configuration chose
 *     it
 */
public record FirstStart(
    String administrator, Optional<Secret> password, Optional<Secret> publishKey) {}
