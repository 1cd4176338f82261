package io.millrace.catalog.pages;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All files of the portal in memory, by their path ({@code /index.html}, {@code
 * /assets/main-3f2a.js}): a few hundred kilobytes, read once, so that no event loop waits for a
 * file and no request can name one that is not a page. Immutable.
 */
public final class Pages {
  private static final long MOST_BYTES = 16 * 1024 * 1024;

  private final Map<String, Page> byPath;

  private Pages(Map<String, Page> byPath) {
    this.byPath = Map.copyOf(byPath);
  }

  /**
   * Reads the folder on the class path; blocks.
   *
   * @return none where the folder is missing: the portal was not built
   */
  public static Pages read(ClassLoader loader, String folder) throws IOException {
    URL found = loader.getResource(folder + "/index.html");
    if (found == null) {
      return new Pages(Map.of());
    }
    try {
      URI uri = found.toURI();
      if (!"jar".equals(uri.getScheme())) {
        return new Pages(pages(Path.of(uri).resolveSibling("")));
      }
      URI jar = URI.create(uri.toString().substring(0, uri.toString().indexOf('!')));
      try (FileSystem files =
          FileSystems.newFileSystem(Path.of(URI.create(jar.getSchemeSpecificPart())))) {
        return new Pages(pages(files.getPath(folder)));
      }
    } catch (URISyntaxException e) {
      throw new IOException("the portal's pages at " + found + " cannot be read", e);
    }
  }

  public Optional<Page> find(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  public boolean isEmpty() {
    return byPath.isEmpty();
  }

  private static Map<String, Page> pages(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    Map<String, Page> pages = new HashMap<>();
    long total = 0;
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      total += bytes.length;
      if (total > MOST_BYTES) {
        throw new IOException("the portal's pages have more than " + MOST_BYTES + " bytes");
      }
      String name = folder.relativize(file).toString();
      pages.put("/" + name, Page.of(name, bytes));
    }
    return pages;
  }
}
