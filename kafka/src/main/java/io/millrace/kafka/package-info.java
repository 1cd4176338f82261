/**
 * The program of the embedded Kafka: one node, broker and controller, in a process of its own that
 * the server starts, watches and starts again. Sees no other module.
 */
@NullMarked
package io.millrace.kafka;

import org.jspecify.annotations.NullMarked;
