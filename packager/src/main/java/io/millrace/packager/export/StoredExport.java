package io.millrace.packager.export;

import io.millrace.packager.Mp4Export;
import io.millrace.packager.presentation.Segment;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A file out of the segments in the store, those of one number behind one another: the header, then
 * {@link ExportFragments}. Immutable.
 */
final class StoredExport implements Mp4Export {
  private final ObjectStore store;
  private final String etag;
  private final Buffer header;
  private final List<Piece> pieces;
  private final long length;

  /**
   * One segment.
   *
   * @param start where it is in the file
   * @param track its number
   * @param zero see {@link ExportFragments}
   */
  record Piece(String key, long start, int size, int track, long zero) {}

  private StoredExport(ObjectStore store, String etag, Buffer header, List<Piece> pieces) {
    this.store = store;
    this.etag = etag;
    this.header = header;
    this.pieces = List.copyOf(pieces);
    this.length =
        pieces.isEmpty() ? header.length() : pieces.getLast().start + pieces.getLast().size;
  }

  /**
   * Lays it out.
   *
   * @param prefix of the asset's objects
   * @param zeros of each track
   */
  static StoredExport of(
      ObjectStore store,
      String etag,
      Buffer header,
      String prefix,
      List<ExportTrack> tracks,
      List<Long> zeros) {
    record Placed(Segment segment, int track) {}
    List<Placed> order = new ArrayList<>();
    for (int i = 0; i < tracks.size(); i++) {
      for (Segment segment : tracks.get(i).segments()) {
        order.add(new Placed(segment, i));
      }
    }
    order.sort(Comparator.comparingLong(placed -> placed.segment().msn()));
    List<Piece> pieces = new ArrayList<>();
    long at = header.length();
    for (Placed placed : order) {
      Segment segment = placed.segment();
      String folder = prefix + tracks.get(placed.track()).rendition() + "/";
      pieces.add(
          new Piece(
              folder + segment.name(),
              at,
              Math.toIntExact(segment.size()),
              placed.track() + 1,
              zeros.get(placed.track())));
      at += segment.size();
    }
    return new StoredExport(store, etag, header, pieces);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public String etag() {
    return etag;
  }

  @Override
  public Future<Void> write(WriteStream<Buffer> target, long first, long last) {
    return new ExportWriting(this, target, first, last).run();
  }

  Buffer header() {
    return header;
  }

  int count() {
    return pieces.size();
  }

  Piece piece(int index) {
    return pieces.get(index);
  }

  /** The first segment that has that byte or a later one. */
  int indexOf(long position) {
    int low = 0;
    int high = pieces.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      Piece piece = pieces.get(middle);
      if (piece.start + piece.size > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** A segment as it stands in the file. */
  Future<Buffer> read(int index) {
    Piece piece = pieces.get(index);
    return store
        .get(piece.key)
        .map(
            found ->
                found
                    .filter(object -> object.content().length() == piece.size)
                    .map(
                        object ->
                            ExportFragments.of(object.content(), piece.track, piece.zero, index))
                    .orElseThrow(() -> new IllegalStateException("the store lacks " + piece.key)));
  }
}
