/** Puts load on topics and measures it: how many messages, how late, and what it costs. */
@NullMarked
package io.millrace.app.load;

import org.jspecify.annotations.NullMarked;
