/** Files as assets: read, cut as a broadcast is, and stored, as fast as everybody can. */
@NullMarked
package io.millrace.packager.importing;

import org.jspecify.annotations.NullMarked;
