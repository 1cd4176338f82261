@NullMarked
package io.millrace.catalog.records;

import org.jspecify.annotations.NullMarked;
