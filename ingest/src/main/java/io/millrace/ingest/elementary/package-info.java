/**
 * Reads elementary streams as publishers send them and brings their access units into the media
 * model's one shape: a reader for a codec, without protocol or time.
 */
@NullMarked
package io.millrace.ingest.elementary;

import org.jspecify.annotations.NullMarked;
