// Reads an MP4 file with mp4box and prints what it understood, as JSON: tracks, samples, box types.
import { readFileSync } from 'node:fs';
import { createFile } from 'mp4box';

const bytes = readFileSync(process.argv[2]);
const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
data.fileStart = 0;
const file = createFile();
const problems = [];

// The fields of a track's decoder configuration: numbers, and lists of plain objects.
const CONFIGURATIONS = ['avcC', 'hvcC', 'av1C', 'vpcC', 'esds', 'dOps', 'dfLa', 'dac3', 'dec3'];
const configurationOf = (id) => {
  const entry = file.getTrackById(id).mdia.minf.stbl.stsd.entries[0];
  const box = entry.boxes.find((child) => CONFIGURATIONS.includes(child.type));
  if (box?.type === 'esds') {
    const decoder = box.esd.descs[0];
    return { objectType: decoder.oti, streamType: decoder.streamType };
  }
  const isPlain = (value) =>
    typeof value === 'number' || (Array.isArray(value) && value.every((each) => each.bsid !== undefined));
  return Object.fromEntries(Object.entries(box ?? {}).filter(([, value]) => isPlain(value)));
};
file.onError = (module, message) => problems.push(`${module}: ${message}`);
let tracks = [];
file.onReady = (info) => {
  tracks = info.tracks.map((track) => ({
    id: track.id,
    codec: track.codec,
    timescale: track.timescale,
    width: track.video?.width ?? 0,
    height: track.video?.height ?? 0,
    sampleRate: track.audio?.sample_rate ?? 0,
    channels: track.audio?.channel_count ?? 0,
    configuration: configurationOf(track.id),
    samples: [],
  }));
};
file.appendBuffer(data);
file.flush();
for (const track of tracks) {
  track.samples = file.getTrackSamplesInfo(track.id).map((sample) => ({
    dts: sample.dts,
    cts: sample.cts,
    duration: sample.duration,
    size: sample.size,
    sync: sample.is_sync,
    leading: sample.is_leading,
    dependsOn: sample.depends_on,
    dependedOn: sample.is_depended_on,
  }));
}

const types = [];
const walk = (boxes, path) => {
  for (const box of boxes ?? []) {
    const at = path === '' ? box.type : `${path}/${box.type}`;
    types.push(at);
    if (box.has_unparsed_data || box.hasParseError) {
      problems.push(`${at}: not read to its end`);
    }
    walk([...(box.boxes ?? []), ...(box.entries ?? []).filter((entry) => entry?.type?.length === 4)], at);
  }
};
walk(file.boxes, '');
console.log(JSON.stringify({ tracks, types, problems }));
