/**
 * From the log to the subscribers: the newest messages in memory, who has subscribed to what, the
 * hand-over from history to live, and what happens to those who cannot keep up.
 */
@NullMarked
package io.millrace.broker.hub;

import org.jspecify.annotations.NullMarked;
