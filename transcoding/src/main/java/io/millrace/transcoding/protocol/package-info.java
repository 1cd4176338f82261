/**
 * What the server and the transcoder's program say to each other, as frames of bytes. Pure; the
 * program's whole share of this module, so it needs nothing but the JDK.
 */
@NullMarked
package io.millrace.transcoding.protocol;

import org.jspecify.annotations.NullMarked;
