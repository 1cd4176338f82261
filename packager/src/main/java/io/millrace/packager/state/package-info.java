/** What is stored beside the segments so that a broadcast survives its writer. */
@NullMarked
package io.millrace.packager.state;

import org.jspecify.annotations.NullMarked;
