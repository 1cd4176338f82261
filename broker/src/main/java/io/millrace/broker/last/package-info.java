/**
 * What is known of a topic besides its log: its retained message, and its last value where
 * retention has taken that from the log. Both are in the namespace's companion, {@code {ns}.last}.
 */
@NullMarked
package io.millrace.broker.last;

import org.jspecify.annotations.NullMarked;
