/** Reads progressive MP4 files. */
@NullMarked
package io.millrace.packager.clip;

import org.jspecify.annotations.NullMarked;
