/**
 * The client: polls playlists, fetches segments, probes answers, and hands all of it to the rules.
 */
@NullMarked
package io.millrace.validator.walk;

import org.jspecify.annotations.NullMarked;
