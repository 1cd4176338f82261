package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ByteRangeTest {
  private static ByteRange of(String field) {
    return ByteRange.parse(field, 1000);
  }

  @Test
  void readsSingleRanges() {
    assertThat(of("bytes=0-0")).isEqualTo(new ByteRange.Part(0, 0));
    assertThat(of("bytes=10-")).isEqualTo(new ByteRange.Part(10, 999));
    assertThat(of("Bytes= 10-5000")).isEqualTo(new ByteRange.Part(10, 999));
    assertThat(of("bytes=-10")).isEqualTo(new ByteRange.Part(990, 999));
    assertThat(of("bytes=-5000")).isEqualTo(new ByteRange.Part(0, 999));
    assertThat(of("bytes=0-99999999999999999999")).isEqualTo(new ByteRange.Part(0, 999));
  }

  @Test
  void refusesWhatIsBehindTheEnd() {
    assertThat(of("bytes=1000-")).isEqualTo(new ByteRange.Unsatisfiable());
    assertThat(of("bytes=-0")).isEqualTo(new ByteRange.Unsatisfiable());
    assertThat(ByteRange.parse("bytes=0-", 0)).isEqualTo(new ByteRange.Unsatisfiable());
  }

  @Test
  void ignoresWhatItNeedNotUnderstand() {
    for (String field :
        new String[] {
          "",
          "bytes",
          "bytes=",
          "bytes=-",
          "bytes=5-1",
          "bytes=a-b",
          "bytes=0-1,5-6",
          "lines=1-2",
          "bytes=+1-2",
          "bytes=--1"
        }) {
      assertThat(of(field)).as(field).isEqualTo(new ByteRange.Whole());
    }
  }
}
