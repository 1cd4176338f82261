package io.millrace.catalog.imports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UploadRoomTest {
  @Test
  void aTenthOfTheDiskStaysFree() {
    long whole = 1_000_000_000;
    assertThat(UploadRoom.lackFor(400_000_000, 500_000_000, whole)).isEmpty();
    assertThat(UploadRoom.lackFor(400_000_001, 500_000_000, whole).orElseThrow())
        .contains("500 MB free");
    assertThat(UploadRoom.lackFor(0, 99_999_999, whole)).isPresent();
  }
}
