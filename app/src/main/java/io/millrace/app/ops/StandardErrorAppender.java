package io.millrace.app.ops;

import ch.qos.logback.core.OutputStreamAppender;
import java.io.FileDescriptor;
import java.io.FileOutputStream;

/**
 * Writes log lines to the process's own standard error, wherever {@code System.err} leads by then.
 * Made by logback.
 *
 * @param <E> what logback logs
 */
public final class StandardErrorAppender<E> extends OutputStreamAppender<E> {
  @Override
  public void start() {
    setOutputStream(new FileOutputStream(FileDescriptor.err));
    super.start();
  }
}
