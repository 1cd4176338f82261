/** The portal's built pages, as they lie on the class path. */
@NullMarked
package io.millrace.catalog.pages;

import org.jspecify.annotations.NullMarked;
