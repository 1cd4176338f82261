/** One MP4 file of an asset: which segments it has, its header, and the file as it is sent. */
@NullMarked
package io.millrace.packager.export;

import org.jspecify.annotations.NullMarked;
