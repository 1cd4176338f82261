@NullMarked
package io.millrace.transcoding.protocol;

import org.jspecify.annotations.NullMarked;
