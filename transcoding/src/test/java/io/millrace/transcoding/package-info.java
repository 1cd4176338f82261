@NullMarked
package io.millrace.transcoding;

import org.jspecify.annotations.NullMarked;
