/**
 * What a media file holds, whatever its container: tracks and samples as the container and the
 * bitstream describe them; and the rules over them.
 */
@NullMarked
package io.millrace.validator.media;

import org.jspecify.annotations.NullMarked;
