/** Topics: namespaces, subscriptions, history and the front doors; the log behind is Kafka. */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
