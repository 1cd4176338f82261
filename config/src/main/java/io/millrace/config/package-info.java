/**
 * Typed configuration values read from one tree, with every problem reported at once by its path.
 */
@NullMarked
package io.millrace.config;

import org.jspecify.annotations.NullMarked;
