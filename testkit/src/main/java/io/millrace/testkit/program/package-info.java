/** The packaged program as a process, and the encoders that publish to it. */
@NullMarked
package io.millrace.testkit.program;

import org.jspecify.annotations.NullMarked;
