/** The thumbnails of a recording: `thumbnails.vtt`, whose cues name tiles of sheets. */

export interface Thumbnail {
  /** Seconds of the recording. */
  readonly from: number;
  readonly to: number;
  /** The address of the sheet, and where the tile is on it, in pixels. */
  readonly sheet: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const CUE = /^([\d:.]+) --> ([\d:.]+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/gm;

/** Where a recording's list is. */
export function thumbnailsOf(id: string): string {
  return `/play/vod/${id}/thumbnails.vtt`;
}

/** Reads the list; what is no thumbnail is left out. In order of time. */
export function parseThumbnails(text: string, address: string): Thumbnail[] {
  const thumbnails: Thumbnail[] = [];
  for (const [, from, to, sheet, left, top, width, height] of text.replaceAll('\r\n', '\n').matchAll(CUE)) {
    thumbnails.push({
      from: seconds(from!), to: seconds(to!), sheet: new URL(sheet!, address).href,
      left: Number(left), top: Number(top), width: Number(width), height: Number(height),
    });
  }
  return thumbnails.sort((one, other) => one.from - other.from);
}

/** The one of a moment; undefined where there is none. */
export function thumbnailAt(thumbnails: readonly Thumbnail[], at: number): Thumbnail | undefined {
  let low = 0;
  let high = thumbnails.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (thumbnails[middle]!.from <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const found = thumbnails[low - 1];
  return found !== undefined && at < found.to ? found : undefined;
}

function seconds(time: string): number {
  return time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
