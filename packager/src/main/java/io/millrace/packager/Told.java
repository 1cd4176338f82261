package io.millrace.packager;

import java.time.Duration;
import java.time.Instant;

/**
 * Timed metadata that is going to be told.
 *
 * @param mediaTime when, from the broadcast's first sample
 * @param date the same, as programme dates tell it
 */
public record Told(long id, Duration mediaTime, Instant date) {}
