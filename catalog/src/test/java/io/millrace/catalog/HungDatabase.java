package io.millrace.catalog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** SIGSTOP: the database's sockets are open, and nobody answers, until this is closed. */
final class HungDatabase implements AutoCloseable {
  private final List<Long> processes;

  private HungDatabase(List<Long> processes) {
    this.processes = processes;
  }

  static HungDatabase of(Catalog catalog) throws IOException {
    ProcessHandle postmaster = ProcessHandle.of(catalog.databasePid()).orElseThrow();
    HungDatabase hung =
        new HungDatabase(
            Stream.concat(Stream.of(postmaster), postmaster.descendants())
                .map(ProcessHandle::pid)
                .toList());
    hung.signal("STOP");
    return hung;
  }

  List<Long> processes() {
    return processes;
  }

  @Override
  public void close() throws IOException {
    signal("CONT");
  }

  private void signal(String name) throws IOException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(pid -> command.add(String.valueOf(pid)));
    try {
      if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
        throw new IOException("kill -" + name + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
