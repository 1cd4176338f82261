package io.millrace.children;

import java.io.IOException;
import java.nio.file.Path;

/** Another server works in this data directory. */
public final class DataDirectoryInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param pid who has it; negative when unknown
   */
  DataDirectoryInUseException(Path directory, long pid) {
    super(
        "data directory "
            + directory
            + " is in use by "
            + (pid > 0 ? "process " + pid : "another process"));
  }
}
