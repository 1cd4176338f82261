/** Tools that the tests of every module share. Knows no feature. */
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
