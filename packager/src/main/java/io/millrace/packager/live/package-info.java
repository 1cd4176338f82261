/** One broadcast from its first sample to its end: written, stored, shown, taken up again. */
@NullMarked
package io.millrace.packager.live;

import org.jspecify.annotations.NullMarked;
