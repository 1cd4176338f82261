/** A strict reader of WebVTT segments. */
@NullMarked
package io.millrace.validator.webvtt;

import org.jspecify.annotations.NullMarked;
