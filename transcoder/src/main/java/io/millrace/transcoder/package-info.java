/**
 * The transcoder's program, a child process of the server: encoded samples in, encoded samples of
 * every rung out. The only place that loads native codecs; a fault in them ends this process alone.
 */
@NullMarked
package io.millrace.transcoder;

import org.jspecify.annotations.NullMarked;
