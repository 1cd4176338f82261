/** What an operator looks at: metrics, health, the settings in force, logs. */
@NullMarked
package io.millrace.app.ops;

import org.jspecify.annotations.NullMarked;
