/** The program: {@code main}. Sees everyone; nobody sees it. */
@NullMarked
package io.millrace.app;

import org.jspecify.annotations.NullMarked;
