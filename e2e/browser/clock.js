// In the page: reads the clock that `ClockEncoder` has burnt into a picture.

/** Where its blocks are in pictures of 854 × 480, one after the other; in smaller ones at the same places. */
const CLOCK = { pictureWidth: 854, pictureHeight: 480, left: 43, top: 8, side: 24, blocks: 32 };

/** Milliseconds of the clock before it begins again. */
const CLOCK_ROUND = 2 ** 24;

/**
 * Tells of each picture that the video shows, until the end of the page: when that is (milliseconds of the machine's clock), how many
 * milliseconds after its clock (undefined where that cannot be read), and how many lines it has.
 */
window.watchClock = (video, shown) => {
  const canvas = document.createElement('canvas');
  canvas.width = CLOCK.blocks * CLOCK.side;
  canvas.height = CLOCK.side;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const read = () => {
    const x = video.videoWidth / CLOCK.pictureWidth;
    const y = video.videoHeight / CLOCK.pictureHeight;
    context.drawImage(video, CLOCK.left * x, CLOCK.top * y, canvas.width * x, canvas.height * y, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, CLOCK.side / 2, canvas.width, 1);
    let bits = 0;
    for (let i = 0; i < CLOCK.blocks; i++) {
      const middle = 4 * (i * CLOCK.side + CLOCK.side / 2);
      bits = bits * 2 + (data[middle + 1] > 127 ? 1 : 0);
    }
    const millis = Math.floor(bits / 256);
    const sum = 0xa5 ^ (millis >> 16) ^ ((millis >> 8) & 0xff) ^ (millis & 0xff);
    return sum === bits % 256 ? millis : undefined;
  };
  const next = (now, { expectedDisplayTime }) => {
    video.requestVideoFrameCallback(next);
    const at = Date.now() + Math.max(0, expectedDisplayTime - performance.now());
    const clock = read();
    // The clock's round is longer than anybody is behind.
    const delay = clock === undefined ? undefined : (((at - clock) % CLOCK_ROUND) + CLOCK_ROUND) % CLOCK_ROUND;
    shown({ at, delay, lines: video.videoHeight });
  };
  video.requestVideoFrameCallback(next);
};
