package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://h/a?token=abc|http://h/a?token=***",
        "http://h/a?x=1&Signature=abc&y=2|http://h/a?x=1&Signature=***&y=2",
        "http://h/a?hdnts=exp=1~hmac=2|http://h/a?hdnts=***",
        "see 'http://h/a?access_token=abc', line 5|see 'http://h/a?access_token=***', line 5",
        "http://u:p@h/a|http://***@h/a",
        "http://h/a?_HLS_msn=5&_HLS_part=1|http://h/a?_HLS_msn=5&_HLS_part=1",
        "http://h/a?e=0123456789012345678901234|http://h/a?e=***",
        "bearer eyJh.eyJi.c-d_|bearer ***",
        "segment 0 lasts 9.000, target 2|segment 0 lasts 9.000, target 2",
      })
  void hidesWhatOpensAndNothingElse(String text, String shown) {
    assertThat(Credentials.hidden(text)).isEqualTo(shown);
  }
}
