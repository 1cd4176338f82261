/** Publishing a file as if a camera sent it. */
@NullMarked
package io.millrace.app.clip;

import org.jspecify.annotations.NullMarked;
