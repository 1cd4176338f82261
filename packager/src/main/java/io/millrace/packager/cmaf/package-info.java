/** Fragmented MP4 of one track (ISO/IEC 14496-12, 23000-19), written in plain Java. */
@NullMarked
package io.millrace.packager.cmaf;

import org.jspecify.annotations.NullMarked;
