/**
 * Child processes that end with the server, however it ends, and the data directory that one server
 * at a time works in. Knows no program in particular.
 */
@NullMarked
package io.millrace.children;

import org.jspecify.annotations.NullMarked;
