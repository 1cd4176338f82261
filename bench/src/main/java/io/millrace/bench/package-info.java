/**
 * Measurements of the packaged program, each a plain main that prints a row for {@code
 * bench/RESULTS.md}; {@code --short} measures less, to show that the measurement still works.
 */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
