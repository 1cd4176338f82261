package io.millrace.storage;

import io.minio.AbortMultipartUploadArgs;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CopyObjectArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.HeadObjectArgs;
import io.minio.HeadObjectResponse;
import io.minio.Http;
import io.minio.ListMultipartUploadsArgs;
import io.minio.ListObjectsV2Args;
import io.minio.MinioAsyncClient;
import io.minio.ObjectWriteResponse;
import io.minio.PutObjectAPIArgs;
import io.minio.RemoveObjectArgs;
import io.minio.SourceObject;
import io.minio.UploadPartArgs;
import io.minio.credentials.Provider;
import io.minio.credentials.StaticProvider;
import io.minio.errors.MinioException;
import io.minio.messages.Part;
import io.vertx.core.buffer.Buffer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * One bucket; each method is one request and blocks until its answer is there, so it is called on
 * virtual threads. Nothing is tried twice in here. Thread-safe.
 */
final class S3Bucket implements AutoCloseable {
  /** Of a put: says after a lost answer whether what is there is ours. */
  private static final String PUT_ID = "x-amz-meta-millrace-put";

  private static final int CALL_TIMEOUTS = 6;

  private final S3Config config;
  private final Http.Headers encryption;
  private final ExecutorService threads;
  private final OkHttpClient http;
  private final MinioAsyncClient client;

  S3Bucket(S3Config config) {
    this.config = config;
    encryption = encryption(config.encryption());
    threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("s3-call-", 0).factory());
    Dispatcher dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(config.connections());
    dispatcher.setMaxRequestsPerHost(config.connections());
    http =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .connectionPool(new ConnectionPool(config.connections(), 30, TimeUnit.SECONDS))
            .protocols(List.of(Protocol.HTTP_1_1))
            .connectTimeout(config.requestTimeout())
            .readTimeout(config.requestTimeout())
            .writeTimeout(config.requestTimeout())
            .callTimeout(config.requestTimeout().multipliedBy(CALL_TIMEOUTS))
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .build();
    // With a region the client never asks for the bucket's, which would need one more permission.
    client =
        MinioAsyncClient.builder()
            .endpoint(config.endpoint().toString())
            .region(config.region())
            .credentialsProvider(credentials(config.credentials()))
            .httpClient(http)
            .build();
    if (config.pathStyle()) {
      client.disableVirtualStyleEndpoint();
    } else {
      client.enableVirtualStyleEndpoint();
    }
  }

  /** Who may make a put succeed. */
  sealed interface Condition {
    /** Nobody's state matters. */
    record None() implements Condition {}

    /** The object is as expected, or there is none; the identity tells our own put. */
    record Tag(Optional<String> expected, String putId) implements Condition {}
  }

  ObjectInfo put(String key, byte[] content, Condition condition) throws S3Failure {
    Http.Headers headers = new Http.Headers(encryption);
    if (condition instanceof Condition.Tag tag) {
      headers.set(PUT_ID, tag.putId());
      if (tag.expected().isPresent()) {
        headers.set("If-Match", '"' + tag.expected().get() + '"');
      } else {
        headers.set("If-None-Match", "*");
      }
    }
    ObjectWriteResponse stored =
        answer(
            () ->
                client.putObject(
                    PutObjectAPIArgs.builder()
                        .bucket(config.bucket())
                        .object(key)
                        .headers(headers)
                        .data(content, content.length)
                        .build()));
    return new ObjectInfo(key, content.length, tag(stored.etag()), dateOf(stored.headers()));
  }

  /**
   * Has the store copy an object.
   *
   * @return false when there is none
   */
  boolean copy(String from, String to) throws S3Failure {
    try {
      answer(
          () ->
              client.copyObject(
                  CopyObjectArgs.builder()
                      .bucket(config.bucket())
                      .object(to)
                      .headers(new Http.Headers(encryption))
                      .source(SourceObject.builder().bucket(config.bucket()).object(from).build())
                      .build()));
      return true;
    } catch (S3Failure e) {
      if (e.isNoSuchKey()) {
        return false;
      }
      throw e;
    }
  }

  /** Begins an upload in parts; the result names it. */
  String beginParts(String key) throws S3Failure {
    return answer(
            () ->
                client.createMultipartUpload(
                    CreateMultipartUploadArgs.builder()
                        .bucket(config.bucket())
                        .object(key)
                        .headers(new Http.Headers(encryption))
                        .build()))
        .result()
        .uploadId();
  }

  Part putPart(String key, String upload, int number, byte[] content) throws S3Failure {
    return answer(
            () ->
                client.uploadPart(
                    UploadPartArgs.builder()
                        .bucket(config.bucket())
                        .object(key)
                        .uploadId(upload)
                        .partNumber(number)
                        .data(content, content.length)
                        .build()))
        .part();
  }

  ObjectInfo completeParts(String key, String upload, List<Part> parts, long size)
      throws S3Failure {
    ObjectWriteResponse stored =
        answer(
            () ->
                client.completeMultipartUpload(
                    CompleteMultipartUploadArgs.builder()
                        .bucket(config.bucket())
                        .object(key)
                        .uploadId(upload)
                        .parts(parts.toArray(new Part[0]))
                        .build()));
    return new ObjectInfo(key, size, tag(stored.etag()), dateOf(stored.headers()));
  }

  void abortParts(String key, String upload) throws S3Failure {
    answer(
        () ->
            client.abortMultipartUpload(
                AbortMultipartUploadArgs.builder()
                    .bucket(config.bucket())
                    .object(key)
                    .uploadId(upload)
                    .build()));
  }

  /** An upload in parts that has not ended. */
  record OpenUpload(String key, String id, Instant begunAt) {}

  /** Those that have not ended, as many as the store lists at once. */
  List<OpenUpload> openUploads() throws S3Failure {
    ListMultipartUploadsArgs args =
        ListMultipartUploadsArgs.builder().bucket(config.bucket()).build();
    return answer(() -> client.listMultipartUploads(args)).result().uploads().stream()
        .map(
            upload ->
                new OpenUpload(
                    upload.objectName(), upload.uploadId(), upload.initiated().toInstant()))
        .toList();
  }

  Optional<ObjectInfo> head(String key) throws S3Failure {
    return headers(key).map(found -> info(key, found));
  }

  /** What is there, if the put with this identity put it there. */
  Optional<ObjectInfo> ofPut(String key, String putId) throws S3Failure {
    return headers(key)
        .filter(found -> putId.equals(found.headers().get(PUT_ID)))
        .map(found -> info(key, found));
  }

  private Optional<HeadObjectResponse> headers(String key) throws S3Failure {
    try {
      return Optional.of(
          answer(
              () ->
                  client.headObject(
                      HeadObjectArgs.builder().bucket(config.bucket()).object(key).build())));
    } catch (S3Failure e) {
      if (e.isNoSuchKey()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The whole object. */
  Optional<StoredObject> get(String key) throws S3Failure {
    return read(GetObjectArgs.builder().bucket(config.bucket()).object(key).build());
  }

  /** The bytes from an offset; none where it is behind the end. */
  Optional<StoredObject> getRange(String key, long offset, int length) throws S3Failure {
    try {
      return length == 0
          ? head(key).map(info -> new StoredObject(info, Buffer.buffer()))
          : read(
              GetObjectArgs.builder()
                  .bucket(config.bucket())
                  .object(key)
                  .offset(offset)
                  .length((long) length)
                  .build());
    } catch (S3Failure e) {
      if (e.isRangeBehindEnd()) {
        return head(key).map(info -> new StoredObject(info, Buffer.buffer()));
      }
      throw e;
    }
  }

  private Optional<StoredObject> read(GetObjectArgs args) throws S3Failure {
    try (GetObjectResponse found = answer(() -> client.getObject(args))) {
      long length = lengthOf(found);
      byte[] bytes = length < 0 ? found.readAllBytes() : readFully(found, length);
      String tag = tag(found.headers().get("ETag"));
      return Optional.of(
          new StoredObject(
              new ObjectInfo(args.object(), bytes.length, tag, modified(found)),
              Buffer.buffer(bytes)));
    } catch (S3Failure e) {
      if (e.isNoSuchKey()) {
        return Optional.empty();
      }
      throw e;
    } catch (IOException e) {
      throw S3Failure.of(e, config);
    }
  }

  private static long lengthOf(GetObjectResponse found) throws IOException {
    String length = found.headers().get("Content-Length");
    long bytes = length == null ? -1 : Long.parseLong(length);
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new IOException("an object of " + bytes + " bytes is read in ranges only");
    }
    return bytes;
  }

  private static byte[] readFully(InputStream in, long length) throws IOException {
    byte[] bytes = in.readNBytes((int) length);
    if (bytes.length < length) {
      throw new EOFException(bytes.length + " of " + length + " bytes came");
    }
    return bytes;
  }

  private static Instant modified(GetObjectResponse found) {
    return parsed(found.headers().get("Last-Modified"));
  }

  List<ObjectInfo> list(String prefix, String after, int limit) throws S3Failure {
    return answer(
            () ->
                client.listObjectsV2(
                    ListObjectsV2Args.builder()
                        .bucket(config.bucket())
                        .prefix(prefix)
                        .startAfter(after)
                        .maxKeys(limit)
                        .build()))
        .result()
        .contents()
        .stream()
        .map(
            item ->
                new ObjectInfo(
                    item.objectName(),
                    item.size(),
                    tag(item.etag()),
                    item.lastModified().toInstant()))
        .toList();
  }

  void delete(String key) throws S3Failure {
    try {
      answer(
          () ->
              client.removeObject(
                  RemoveObjectArgs.builder().bucket(config.bucket()).object(key).build()));
    } catch (S3Failure e) {
      if (!e.isNoSuchKey()) {
        throw e;
      }
    }
  }

  /** Ends the connections; what is under way fails. */
  @Override
  public void close() {
    http.dispatcher().cancelAll();
    http.connectionPool().evictAll();
    threads.close();
  }

  private static ObjectInfo info(String key, HeadObjectResponse found) {
    return new ObjectInfo(key, found.size(), tag(found.etag()), found.lastModified().toInstant());
  }

  private static String tag(@Nullable String etag) {
    return etag == null ? "" : etag.replace("\"", "");
  }

  private static Instant dateOf(okhttp3.Headers headers) {
    return parsed(headers.get("Date"));
  }

  private static Instant parsed(@Nullable String date) {
    return date == null
        ? Instant.now()
        : ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }

  private static Http.Headers encryption(S3Config.Encryption encryption) {
    Http.Headers headers = new Http.Headers();
    switch (encryption) {
      case S3Config.Encryption.ByBucket _ -> {}
      case S3Config.Encryption.ByStore _ -> headers.set("X-Amz-Server-Side-Encryption", "AES256");
      case S3Config.Encryption.ByKms kms -> {
        headers.set("X-Amz-Server-Side-Encryption", "aws:kms");
        headers.set("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", kms.key());
      }
    }
    return headers;
  }

  private static Provider credentials(S3Config.Credentials credentials) {
    return switch (credentials) {
      case S3Config.Credentials.Keys keys ->
          new StaticProvider(
              keys.accessKey(),
              keys.secretKey().reveal(),
              keys.sessionToken().map(token -> token.reveal()).orElse(null));
      case S3Config.Credentials.SharedFile shared ->
          new S3CredentialsFile(shared.file(), shared.profile());
    };
  }

  /** A request to the client. */
  private interface Call<T> {
    CompletableFuture<T> make() throws MinioException;
  }

  private <T> T answer(Call<T> call) throws S3Failure {
    try {
      return call.make().join();
    } catch (CompletionException
        | MinioException
        | IllegalStateException
        | S3CredentialsFile.CredentialsException e) {
      throw S3Failure.of(e, config);
    }
  }
}
