/** A second opinion on fragmented MP4 (ISO/IEC 14496-12): the npm package {@code mp4box}. */
@NullMarked
package io.millrace.testkit.mp4;

import org.jspecify.annotations.NullMarked;
