package io.millrace.catalog.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once from the archive that we carry. Blocks. */
final class PostgresBinaries {
  private PostgresBinaries() {}

  /** What we carry, as {@code 18.6.0}. */
  static String version() throws IOException {
    try (InputStream in = PostgresBinaries.class.getResourceAsStream("binaries.properties")) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    }
  }

  /**
   * Unpacks into {@code bin-{version}} in this directory, unless it is there. The directory appears
   * complete or not at all.
   *
   * @return where {@code bin}, {@code lib} and {@code share} are
   */
  static Path unpack(Path into) throws IOException {
    Path target = into.resolve("bin-" + version());
    if (Files.isDirectory(target)) {
      return target;
    }
    String archive = archive(System.getProperty("os.name"), System.getProperty("os.arch"));
    try (InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
      if (in == null) {
        throw new PostgresException("there is no " + archive + " on the class path");
      }
      removeOthers(into);
      Path incomplete = Files.createTempDirectory(into, "unpacking-");
      unpack(in, incomplete);
      Files.setPosixFilePermissions(incomplete, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(incomplete, target, StandardCopyOption.ATOMIC_MOVE);
    }
    return target;
  }

  private static String archive(String system, String architecture) throws PostgresException {
    String machine =
        switch (architecture) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> throw new PostgresException("no programs for " + architecture);
        };
    if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
      throw new PostgresException("no programs for " + system);
    }
    return "postgres-linux-" + machine + ".txz";
  }

  private static void unpack(InputStream in, Path into) throws IOException {
    try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(in)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = into.resolve(entry.getName()).normalize();
        if (!path.startsWith(into)) {
          throw new IOException("the archive holds '" + entry.getName() + "'");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
          Files.copy(tar, path);
          boolean program = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }

  /** Other versions, and what a killed start left half unpacked. */
  private static void removeOthers(Path from) throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(from, "{bin-*,unpacking-*}")) {
      for (Path other : others) {
        delete(other);
      }
    }
  }

  /** Deletes a directory with all that is in it. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(directory)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }
}
