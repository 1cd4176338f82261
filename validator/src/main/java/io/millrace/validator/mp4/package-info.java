/**
 * A small, independent reader of fragmented MP4 (ISO/IEC 14496-12), to judge what a writer wrote.
 */
@NullMarked
package io.millrace.validator.mp4;

import org.jspecify.annotations.NullMarked;
