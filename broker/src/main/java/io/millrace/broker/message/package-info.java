/**
 * What is published and what is delivered: a payload with its headers, and where it lies in the
 * log.
 */
@NullMarked
package io.millrace.broker.message;

import org.jspecify.annotations.NullMarked;
