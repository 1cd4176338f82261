package io.millrace.packager;

/** Why a file has become no asset; the message is for whoever sent it, and nothing is kept. */
public final class ImportFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Whose matter it is. */
  public enum Reason {
    /** The file's: it is broken, or has what cannot be packaged. */
    FILE,
    /** The request's: a ladder that there is not. */
    REQUEST,
    /** There is no room beside what is kept. */
    NO_ROOM,
    /** So many are being imported; it may be asked again. */
    BUSY,
    /** This node's: its store or its transcoder fails; it may be asked again. */
    NODE,
    /** It was cancelled, or the node goes down. */
    CANCELLED
  }

  public ImportFailure(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
