package io.millrace.app.cli;

import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;

/** A file as the body of a request, which tells how much of it has been handed over. */
final class CountedBody implements BodyPublisher {
  private final BodyPublisher file;
  private final LongConsumer sent;

  private CountedBody(BodyPublisher file, LongConsumer sent) {
    this.file = file;
    this.sent = sent;
  }

  /**
   * @throws CommandFailedException when it is not there
   */
  static BodyPublisher of(Path file, LongConsumer sent) {
    try {
      return new CountedBody(BodyPublishers.ofFile(file), sent);
    } catch (FileNotFoundException e) {
      throw new CommandFailedException(file + " cannot be read: " + e.getMessage());
    }
  }

  @Override
  public long contentLength() {
    return file.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    file.subscribe(new Counting(subscriber));
  }

  private final class Counting implements Flow.Subscriber<ByteBuffer> {
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private long bytes;

    private Counting(Flow.Subscriber<? super ByteBuffer> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer chunk) {
      bytes += chunk.remaining();
      subscriber.onNext(chunk);
      sent.accept(bytes);
    }

    @Override
    public void onError(Throwable failure) {
      subscriber.onError(failure);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }
  }
}
