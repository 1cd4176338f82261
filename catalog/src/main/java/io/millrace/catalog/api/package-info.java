/** The catalogue's JSON API: who is asking, what they sent, what they get. */
@NullMarked
package io.millrace.catalog.api;

import org.jspecify.annotations.NullMarked;
