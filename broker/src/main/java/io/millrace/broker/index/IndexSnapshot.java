package io.millrace.broker.index;

import io.millrace.broker.log.PartitionRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file that the index of one partition survives a restart in: version, cluster, namespace,
 * generation and partition, then what {@link PartitionIndex#save} writes, and a checksum.
 */
record IndexSnapshot(Path file, String clusterId, PartitionRef partition) {
  private static final long MAGIC = 0x4d524c5f494e4458L; // MRL_INDX
  private static final int VERSION = 1;

  /** The snapshot's place in a directory. */
  static IndexSnapshot in(Path directory, String clusterId, PartitionRef partition) {
    return new IndexSnapshot(
        directory
            .resolve(partition.namespace())
            .resolve(partition.generation() + "-" + partition.partition() + ".index"),
        clusterId,
        partition);
  }

  /**
   * Writes it; what was there before stays until the new one is whole.
   *
   * @return the offset up to which it is valid
   */
  long write(PartitionIndex index) throws IOException {
    try (IndexFileWriter out = new IndexFileWriter(file)) {
      out.putLong(MAGIC);
      out.putNumber(VERSION);
      out.putText(clusterId);
      out.putText(partition.namespace());
      out.putNumber(partition.generation());
      out.putNumber(partition.partition());
      long end = index.save(out);
      out.finish();
      return end;
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  /**
   * Reads it into an index that is empty and belongs to nobody else yet.
   *
   * @throws IOException with what is wrong with it; the index is of no use then
   */
  void read(PartitionIndex index) throws IOException {
    try (IndexFileReader in = new IndexFileReader(file)) {
      if (in.getLong() != MAGIC || in.getNumber() != VERSION) {
        throw new IOException("another version wrote it");
      }
      if (!in.getText().equals(clusterId)) {
        throw new IOException("it is of another cluster");
      }
      if (!in.getText().equals(partition.namespace())
          || in.getNumber() != partition.generation()
          || in.getNumber() != partition.partition()) {
        throw new IOException("it is of another partition");
      }
      index.load(in);
    }
  }
}
