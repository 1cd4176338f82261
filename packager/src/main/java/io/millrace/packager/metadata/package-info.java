/** Timed metadata in the form that players know. Pure. */
@NullMarked
package io.millrace.packager.metadata;

import org.jspecify.annotations.NullMarked;
