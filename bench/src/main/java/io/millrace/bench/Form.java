package io.millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What every measurement shares: long or short form, folders to work in, the printed table. */
public final class Form {
  private Form() {}

  public static boolean isShort(String[] args) {
    return Arrays.asList(args).contains("--short");
  }

  public static void print(List<Row> rows) {
    System.out.println(Row.head());
    rows.forEach(System.out::println);
  }

  /** A fresh folder for a data directory. */
  public static Path newFolder() {
    try {
      return Files.createTempDirectory("millrace-bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
