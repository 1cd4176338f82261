/** The command line: one class a command. */
@NullMarked
package io.millrace.app.cli;

import org.jspecify.annotations.NullMarked;
