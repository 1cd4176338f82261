package io.millrace.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the objects in a directory in order of key. Blocks; files may come and go meanwhile. */
final class DirectoryListing {
  private final Path root;
  private final String left;
  private final Look look;

  /** Tells what an object is; empty when there is none any more. */
  interface Look {
    Optional<ObjectInfo> at(String key) throws IOException;
  }

  /**
   * @param left the name of what holds no objects
   */
  DirectoryListing(Path root, String left, Look look) {
    this.root = root;
    this.left = left;
    this.look = look;
  }

  List<ObjectInfo> list(String prefix, String after, int limit) throws IOException {
    List<ObjectInfo> found = new ArrayList<>();
    Path start = prefix.isEmpty() ? root : root.resolve(prefix.substring(0, prefix.length() - 1));
    if (Files.isDirectory(start)) {
      collect(start, prefix, after, limit, found);
    }
    return found;
  }

  private void collect(
      Path directory, String prefix, String after, int limit, List<ObjectInfo> found)
      throws IOException {
    for (String name : sortedNames(directory, prefix, after)) {
      if (found.size() >= limit) {
        return;
      }
      String key = prefix + name;
      boolean isDirectory = name.endsWith("/");
      if (key.compareTo(after) <= 0 && !(isDirectory && after.startsWith(key))) {
        continue;
      }
      if (isDirectory) {
        collect(directory.resolve(name), key, after, limit, found);
      } else {
        look.at(key).ifPresent(found::add);
      }
    }
  }

  /**
   * Names in order of key: a directory's name takes part with the {@code /} behind it. Without
   * those whose keys are not behind the mark: a page of a long list looks at no file before it.
   */
  private List<String> sortedNames(Path directory, String prefix, String after) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        String longest = prefix + name + "/";
        boolean isBefore = longest.compareTo(after) <= 0 && !after.startsWith(longest);
        if (!name.equals(left) && !isBefore) {
          names.add(Files.isDirectory(entry) ? name + "/" : name);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }
}
