/**
 * Pictures for seeking: where they are on the timeline, which key frames they are of, the sheets
 * that hold them side by side, and the WebVTT that says so.
 */
@NullMarked
package io.millrace.packager.thumbnails;

import org.jspecify.annotations.NullMarked;
