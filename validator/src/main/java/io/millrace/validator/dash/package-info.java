/**
 * DASH manifests: a reader that turns what an origin wrote into values, and the rules for one
 * version, for two versions that follow each other, and for the files that are named.
 */
@NullMarked
package io.millrace.validator.dash;

import org.jspecify.annotations.NullMarked;
