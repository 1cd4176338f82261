package io.millrace.validator.media;

import io.millrace.validator.Rule;

/** A rule that a file breaks by itself, and where in the file. */
public record Flaw(Rule rule, String path, String words) {}
