package io.millrace.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** What a node is known by in tables that nodes share: made once, kept in its data directory. */
final class NodeId {
  private NodeId() {}

  /** Reads the file, or writes it at the first time; blocks. */
  static String of(Path file) throws IOException {
    if (Files.exists(file)) {
      String id = Files.readString(file, StandardCharsets.US_ASCII).strip();
      if (!id.isEmpty()) {
        return id;
      }
    }
    String id = UUID.randomUUID().toString();
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, id, StandardCharsets.US_ASCII);
    return id;
  }
}
