/** What topics cost, beside other brokers: the load on plain sockets, and the rows. */
@NullMarked
package io.millrace.bench.topics;

import org.jspecify.annotations.NullMarked;
