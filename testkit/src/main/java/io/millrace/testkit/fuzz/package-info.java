/** Hostile bytes for every parser that reads from the network. */
@NullMarked
package io.millrace.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
