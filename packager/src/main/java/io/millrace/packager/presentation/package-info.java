/** What a broadcast offers its viewers at one moment, as immutable values. */
@NullMarked
package io.millrace.packager.presentation;

import org.jspecify.annotations.NullMarked;
