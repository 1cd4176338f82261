/** Objects by key, in a directory or behind an S3 interface, with one contract for both. */
@NullMarked
package io.millrace.storage;

import org.jspecify.annotations.NullMarked;
