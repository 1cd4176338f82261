/** MPEG-2 transport streams (ISO/IEC 13818-1), written in plain Java. */
@NullMarked
package io.millrace.packager.ts;

import org.jspecify.annotations.NullMarked;
