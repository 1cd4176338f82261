@NullMarked
package io.millrace.broker.kafka;

import org.jspecify.annotations.NullMarked;
