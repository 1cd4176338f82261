package io.millrace.app.ops;

import ch.qos.logback.core.OutputStreamAppender;
import java.io.FileDescriptor;
import java.io.FileOutputStream;

/**
 * Writes log lines to the process's own standard error or output, wherever {@code System.err} and
 * {@code System.out} lead by then. Made and filled in by logback.
 *
 * @param <E> what logback logs
 */
public final class StandardStreamAppender<E> extends OutputStreamAppender<E> {
  private boolean toOutput;

  /** To standard output instead of standard error. */
  public void setToOutput(boolean toOutput) {
    this.toOutput = toOutput;
  }

  @Override
  public void start() {
    setOutputStream(new FileOutputStream(toOutput ? FileDescriptor.out : FileDescriptor.err));
    super.start();
  }
}
