package io.millrace.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a file cannot be used, in words for the user. The message of an {@link IOException} of the
 * file system is a path without a reason, or a reason without a path.
 */
public final class FileFailure {
  private FileFailure() {}

  /** File and reason as far as the exception knows them; another failure's message is as it was. */
  public static String words(Throwable failure) {
    return switch (failure) {
      case NoSuchFileException e -> "there is no file " + e.getFile();
      case FileSystemException e when e.getFile() != null -> e.getFile() + ": " + reason(e);
      case IOException e when isFull(e) -> reason(e);
      default -> String.valueOf(failure.getMessage());
    };
  }

  /** The same failure with words that name this file. */
  public static IOException of(Path file, IOException failure) {
    return new IOException(
        switch (failure) {
          case NoSuchFileException _ -> "there is no file " + file;
          case IOException e when isDirectory(e) -> file + " is a directory, not a file";
          default -> file + ": " + reason(failure);
        },
        failure);
  }

  /** Why a directory, or one above it, cannot be made; names it. */
  public static String ofMaking(Path directory, IOException failure) {
    return directory
        + " cannot be made: "
        + switch (failure) {
          // All that is above it is made too, so nothing is missing: /proc and the like answer so.
          case NoSuchFileException _ -> "its file system takes no directories";
          case FileAlreadyExistsException _ -> "not a directory";
          default -> reason(failure);
        };
  }

  /** The reason alone. */
  public static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "permission denied";
      case NotDirectoryException _ -> "not a directory";
      case FileAlreadyExistsException _ -> "it is there already";
      case IOException e when isFull(e) -> "the disk is full; make room on it, or choose another";
      case IOException e when isDirectory(e) -> "it is a directory";
      case FileSystemException e when e.getReason() != null -> uncapitalized(e.getReason());
      default -> String.valueOf(failure.getMessage());
    };
  }

  /** Whether no room is left, or not for us. */
  public static boolean isFull(IOException failure) {
    String message = message(failure);
    return message.contains("no space left") || message.contains("quota exceeded");
  }

  private static boolean isDirectory(IOException failure) {
    return message(failure).endsWith("is a directory");
  }

  private static String message(IOException failure) {
    return Optional.ofNullable(failure.getMessage()).orElse("").toLowerCase(Locale.ROOT);
  }

  private static String uncapitalized(String sentence) {
    return sentence.isEmpty()
        ? sentence
        : sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
  }
}
