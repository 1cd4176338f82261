/** From the tree to steps that give a value, and what operators and functions do to values. */
@NullMarked
package io.millrace.expression.evaluation;

import org.jspecify.annotations.NullMarked;
