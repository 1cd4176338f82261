/** Black-box tests: the packaged program as a process, judged by real clients. */
@NullMarked
package io.millrace.e2e;

import org.jspecify.annotations.NullMarked;
