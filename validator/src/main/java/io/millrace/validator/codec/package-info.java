/** Small readers of coded pictures and sound: what their own headers say. */
@NullMarked
package io.millrace.validator.codec;

import org.jspecify.annotations.NullMarked;
