@NullMarked
package io.millrace.catalog.postgres;

import org.jspecify.annotations.NullMarked;
