/** Cuts a live stream's samples into aligned segments of every rendition. */
@NullMarked
package io.millrace.packager.segment;

import org.jspecify.annotations.NullMarked;
