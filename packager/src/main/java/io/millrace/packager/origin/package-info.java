/** HTTP answers from presentations and the object store. */
@NullMarked
package io.millrace.packager.origin;

import org.jspecify.annotations.NullMarked;
