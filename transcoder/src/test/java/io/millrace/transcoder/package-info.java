@NullMarked
package io.millrace.transcoder;

import org.jspecify.annotations.NullMarked;
