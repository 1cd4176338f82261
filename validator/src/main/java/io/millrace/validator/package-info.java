/**
 * Watches an HLS presentation as a player does, and turns every playlist version and every media
 * file that it is given into a {@link io.millrace.validator.ValidationReport}.
 */
@NullMarked
package io.millrace.validator;

import org.jspecify.annotations.NullMarked;
