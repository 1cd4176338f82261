package io.millrace.broker.log;

/** An append that has to work: where it does not, whoever has asked for it hears why. */
public final class Appended {
  /** Takes where a message is in the log. */
  @FunctionalInterface
  public interface Place {
    void is(int partition, long offset);
  }

  /** Nobody waits for it. */
  public static final AppendResult UNHEARD = then((partition, offset) -> {});

  private Appended() {}

  public static AppendResult then(Place place) {
    return new AppendResult() {
      @Override
      public void appended(int partition, long offset, long timestamp) {
        place.is(partition, offset);
      }

      @Override
      public void failed(LogException reason) {
        throw reason;
      }
    };
  }
}
