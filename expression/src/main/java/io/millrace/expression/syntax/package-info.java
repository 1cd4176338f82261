/** From the text to a tree whose names and types are known to be right, and back to text. */
@NullMarked
package io.millrace.expression.syntax;

import org.jspecify.annotations.NullMarked;
