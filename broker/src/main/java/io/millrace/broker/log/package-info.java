/**
 * The log behind the topics, as the broker sees it: appending, tailing, and reading back. {@code
 * broker.kafka} is it on Kafka.
 */
@NullMarked
package io.millrace.broker.log;

import org.jspecify.annotations.NullMarked;
