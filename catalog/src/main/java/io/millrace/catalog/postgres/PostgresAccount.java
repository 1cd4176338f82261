package io.millrace.catalog.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * As whom PostgreSQL runs, which refuses to run as root. A plain user runs it as itself. Root runs
 * it in a user namespace of its own, where root's files stay root's and nobody is root; where the
 * kernel or the container forbids that, as the system's account {@code postgres} or {@code nobody}.
 *
 * @param prefix what goes before each of its command lines
 * @param owner the numeric user and group its files must belong to
 */
record PostgresAccount(List<String> prefix, int owner, int group) {

  /**
   * @throws PostgresException when we are root and neither way is open
   */
  static PostgresAccount find() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    int gid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
    if (uid != 0) {
      return new PostgresAccount(List.of(), uid, gid);
    }
    if (succeeds(List.of("unshare", "-U", "--", "true"))) {
      return new PostgresAccount(List.of("unshare", "-U", "--"), uid, gid);
    }
    Optional<PostgresAccount> system = systemAccount(Files.readAllLines(Path.of("/etc/passwd")));
    if (system.isPresent() && succeeds(system.get().command(List.of("true")))) {
      return system.get();
    }
    throw new PostgresException(
        "it refuses to run as root, and here there are neither user namespaces nor an account to"
            + " change to; run the server as another user");
  }

  /** The account {@code postgres}, else {@code nobody}, of a password file. */
  static Optional<PostgresAccount> systemAccount(List<String> passwd) {
    for (String name : List.of("postgres", "nobody")) {
      for (String line : passwd) {
        String[] fields = line.split(":", -1);
        if (fields.length > 3 && fields[0].equals(name)) {
          int uid = Integer.parseInt(fields[2]);
          int gid = Integer.parseInt(fields[3]);
          return Optional.of(
              new PostgresAccount(
                  List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--"),
                  uid,
                  gid));
        }
      }
    }
    return Optional.empty();
  }

  List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(arguments);
    return command;
  }

  /** Makes a directory, and what is in it, this account's own, where it is not already. */
  void own(Path directory) throws IOException {
    if (!Files.getAttribute(directory, "unix:uid").equals(owner)
        && !succeeds(List.of("chown", "-R", owner + ":" + group, directory.toString()))) {
      throw new PostgresException(directory + " cannot be given to user " + owner);
    }
  }

  /** Lets this account pass through a directory, where it is not the owner. */
  void letThrough(Path directory) throws IOException {
    if (!Files.getAttribute(directory, "unix:uid").equals(owner)) {
      Set<PosixFilePermission> permissions =
          EnumSet.copyOf(Files.getPosixFilePermissions(directory));
      if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
        Files.setPosixFilePermissions(directory, permissions);
      }
    }
  }

  /** Whether this account can run the program, wherever the path to it leads. */
  boolean reaches(Path program) {
    return succeeds(command(List.of("test", "-x", program.toString())));
  }

  private static boolean succeeds(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor(10, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
