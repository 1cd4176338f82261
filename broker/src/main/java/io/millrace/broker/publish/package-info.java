/** The way in: what every door does with a message before the log has it and after. */
@NullMarked
package io.millrace.broker.publish;

import org.jspecify.annotations.NullMarked;
