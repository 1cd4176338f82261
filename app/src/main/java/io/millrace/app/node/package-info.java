/** One node: which roles it runs, how the modules are wired, how it starts and stops. */
@NullMarked
package io.millrace.app.node;

import org.jspecify.annotations.NullMarked;
