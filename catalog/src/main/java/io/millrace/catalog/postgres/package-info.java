/** PostgreSQL as a child process, and the pool of connections to it or to any other. */
@NullMarked
package io.millrace.catalog.postgres;

import org.jspecify.annotations.NullMarked;
