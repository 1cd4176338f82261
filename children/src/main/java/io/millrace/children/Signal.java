package io.millrace.children;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The POSIX signals that end a program. */
public enum Signal {
  /** Interrupt. PostgreSQL: break off transactions, then end cleanly ("fast"). */
  INT,
  /** The usual polite request; what a JVM expects. */
  TERM,
  /** PostgreSQL: end at once, recover at the next start ("immediate"). */
  QUIT,
  /** Cannot be refused. */
  KILL;

  /** Sends this to a process that is not a child of ours; one that is gone is no error. */
  void sendTo(long pid) throws IOException {
    try {
      Process kill =
          new ProcessBuilder("/bin/sh", "-c", "kill -s " + name() + " -- " + pid)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      kill.waitFor(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while sending " + this + " to process " + pid, e);
    }
  }
}
