@NullMarked
package io.millrace.children;

import org.jspecify.annotations.NullMarked;
