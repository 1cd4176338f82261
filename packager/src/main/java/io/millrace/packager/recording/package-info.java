/** Assets: which there are, how long they are kept, and how they are read to be played. */
@NullMarked
package io.millrace.packager.recording;

import org.jspecify.annotations.NullMarked;
