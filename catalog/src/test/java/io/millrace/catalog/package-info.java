@NullMarked
package io.millrace.catalog;

import org.jspecify.annotations.NullMarked;
