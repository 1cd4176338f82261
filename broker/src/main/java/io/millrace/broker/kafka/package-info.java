/** The Kafka that is embedded: its child process, from the first start to the last end. */
@NullMarked
package io.millrace.broker.kafka;

import org.jspecify.annotations.NullMarked;
