@NullMarked
package io.millrace.catalog.imports;

import org.jspecify.annotations.NullMarked;
