/** Very many clients on plain sockets, so cheap that the load is not what is measured. */
@NullMarked
package io.millrace.bench.crowd;

import org.jspecify.annotations.NullMarked;
