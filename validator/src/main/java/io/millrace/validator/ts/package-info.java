/**
 * A small, independent reader of MPEG-TS segments (ISO/IEC 13818-1), to judge what a writer wrote.
 */
@NullMarked
package io.millrace.validator.ts;

import org.jspecify.annotations.NullMarked;
