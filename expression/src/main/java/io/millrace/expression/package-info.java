/**
 * The language of filters and rules: turns the text of a condition, a subset of CEL (Common
 * Expression Language), into something that says of each message whether it is true. Knows no
 * messages: whoever asks is a {@link io.millrace.expression.Subject}.
 */
@NullMarked
package io.millrace.expression;

import org.jspecify.annotations.NullMarked;
