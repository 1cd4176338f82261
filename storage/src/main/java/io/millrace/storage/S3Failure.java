package io.millrace.storage;

import io.minio.errors.ErrorResponseException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.ServerException;
import io.minio.errors.XmlParserException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a request to an S3 store failed. The client's own exceptions hold the request's headers, so
 * none of them leaves this class: what is said is made of the store's code and the settings' names.
 */
final class S3Failure extends Exception {
  private static final long serialVersionUID = 1L;

  private static final Set<String> FULL_CODES =
      Set.of("QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded");

  /** Of the store's answers below 500, those that another try may change. */
  private static final Set<String> PASSING_CODES =
      Set.of("RequestTimeout", "SlowDown", "Throttling", "TooManyRequests", "OperationAborted");

  private final String code;
  private final int status;
  private final boolean passing;

  private S3Failure(
      String code, int status, boolean passing, String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.code = code;
    this.status = status;
    this.passing = passing;
  }

  /** What a call of the client failed with. */
  static S3Failure of(Throwable thrown, S3Config config) {
    Throwable failure = thrown;
    while ((failure instanceof CompletionException || failure instanceof ExecutionException)
        && failure.getCause() != null) {
      failure = failure.getCause();
    }
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof InvalidResponseException || each instanceof XmlParserException) {
        return new S3Failure(
            "InvalidResponse",
            0,
            true,
            "what answers at " + config.endpoint() + " is no S3 store; check storage.s3.endpoint",
            null);
      }
      if (each instanceof ErrorResponseException answer) {
        return ofAnswer(answer, config);
      }
      if (each instanceof ServerException answer) {
        return ofStatus(answer.statusCode(), config);
      }
      if (each instanceof S3CredentialsFile.CredentialsException) {
        return new S3Failure(
            "", 0, false, "storage.s3.credentialsFile: " + each.getMessage(), null);
      }
      if (each instanceof IOException io) {
        return ofNetwork(io, config);
      }
    }
    return new S3Failure("", 0, false, failure.getClass().getSimpleName(), null);
  }

  boolean isNoSuchKey() {
    return code.equals("NoSuchKey") || (status == 404 && !code.equals("NoSuchBucket"));
  }

  /** Whether the object's state is another than a conditional put expects. */
  boolean isRefusedCondition() {
    return code.equals("PreconditionFailed") || status == 412 || isNoSuchKey();
  }

  boolean isRangeBehindEnd() {
    return code.equals("InvalidRange") || status == 416;
  }

  /** Whether another try may go well. */
  boolean isPassing() {
    return passing;
  }

  /** The same for callers of the store. */
  StorageException forCaller(String operation, String key) {
    return new StorageException(
        FULL_CODES.contains(code)
            ? StorageException.Reason.FULL
            : StorageException.Reason.UNAVAILABLE,
        operation + " " + key + ": " + getMessage(),
        getCause());
  }

  private static S3Failure ofAnswer(ErrorResponseException answer, S3Config config) {
    String code = String.valueOf(answer.errorResponse().code());
    int status = answer.response() == null ? 0 : answer.response().code();
    boolean passing =
        (status >= 500 && status != 501)
            || status == 429
            || status == 409
            || PASSING_CODES.contains(code);
    return new S3Failure(code, status, passing, words(code, status, config), null);
  }

  private static S3Failure ofStatus(int status, S3Config config) {
    return new S3Failure(
        "", status, status >= 500 || status == 429, words("", status, config), null);
  }

  private static String words(String code, int status, S3Config config) {
    return switch (code) {
      case "InvalidAccessKeyId" ->
          "the store does not know the access key; check storage.s3.accessKey";
      case "SignatureDoesNotMatch" ->
          "the secret is not the one of the access key; check storage.s3.secretKey";
      case "InvalidToken", "ExpiredToken" ->
          "the session token is not, or no longer, valid; renew storage.s3.sessionToken or the"
              + " credentials file";
      case "AccessDenied" -> denied(config);
      case "NoSuchBucket" ->
          "there is no bucket '"
              + config.bucket()
              + "'; make it, or check storage.s3.bucket, region and pathStyle";
      case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraint" ->
          "the bucket is in another region than '" + config.region() + "'; set storage.s3.region";
      case "RequestTimeTooSkewed" ->
          "the clocks of this machine and of the store are too far apart; set this one's";
      case "NotImplemented" -> "the store does not know what was asked of it (" + code + ")";
      default -> {
        if (FULL_CODES.contains(code)) {
          yield "the store has no room left for us (" + code + "); raise the bucket's quota";
        }
        if (status == 401 || status == 403) {
          yield denied(config);
        }
        yield "the store answers "
            + (status > 0 ? status + " " : "")
            + (code.isEmpty() || code.equals("null") ? "" : code);
      }
    };
  }

  private static String denied(S3Config config) {
    return "the access key may not do this in the bucket '"
        + config.bucket()
        + "'; allow it s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject and"
        + " s3:AbortMultipartUpload there";
  }

  private static S3Failure ofNetwork(IOException failure, S3Config config) {
    String at = config.endpoint().toString();
    String words =
        switch (failure) {
          case UnknownHostException _ ->
              "there is no host "
                  + config.endpoint().getHost()
                  + (config.pathStyle() ? "" : " or none for the bucket in front of it")
                  + "; check storage.s3.endpoint"
                  + (config.pathStyle() ? "" : ", or set storage.s3.pathStyle");
          case ConnectException _, NoRouteToHostException _ ->
              at + " cannot be reached; check storage.s3.endpoint, and that the store runs";
          case SocketTimeoutException _ -> at + " did not answer within storage.s3.requestTimeout";
          case SSLException e ->
              at
                  + " cannot be spoken to over TLS ("
                  + e.getMessage()
                  + "); check storage.s3.endpoint and that this Java trusts its certificate";
          default -> at + " broke the connection (" + failure.getMessage() + ")";
        };
    return new S3Failure("", 0, true, words, failure);
  }
}
