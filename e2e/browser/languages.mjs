// Plays a stream with hls.js and with Shaka Player, from its playlist and its manifest, and has each change to the sound in another language.
// Writes one line of JSON: of each player the sounds that it offers, what it plays then and whether it goes on; and what went wrong.
// usage: node languages.mjs CHROMIUM HLS_JS PLAYLIST MANIFEST LANGUAGE
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.mjs';

const [executablePath, hls, playlist, manifest, language] = process.argv.slice(2);
const folder = dirname(fileURLToPath(import.meta.url));
const SCRIPTS = {
  '/hls.js': await readFile(hls),
  '/shaka.js': await readFile(join(folder, 'node_modules/shaka-player/dist/shaka-player.compiled.js')),
};
const PAGE = '<!doctype html><script src="/hls.js"></script><script src="/shaka.js"></script><video muted></video>';

const pages = createServer((request, response) => {
  const script = SCRIPTS[request.url];
  response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' }).end(script ?? PAGE);
});
await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));

const browser = await launch(executablePath, { width: 800, height: 600 });
const problems = [];
const seen = {};
try {
  const page = browser.page;
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  for (const [player, play, address] of [
    ['hls.js', withHlsJs, playlist],
    ['shaka-hls', withShaka, playlist],
    ['shaka-dash', withShaka, manifest],
  ]) {
    await page.goto(`http://127.0.0.1:${pages.address().port}/`);
    seen[player] = await page.evaluate(play, { address, language });
  }
} catch (error) {
  problems.push(String(error));
} finally {
  await browser.close();
  pages.close();
}
console.log(JSON.stringify({ seen, problems }));

/** Runs in the page. */
async function withHlsJs({ address, language }) {
  /* global Hls */
  const video = document.querySelector('video');
  const player = new Hls();
  player.loadSource(address);
  player.attachMedia(video);
  await new Promise((resolve) => player.on(Hls.Events.MANIFEST_PARSED, resolve));
  await video.play();
  await until(() => video.currentTime > 0 && player.audioTracks.length > 0);
  const sounds = player.audioTracks.map((track) => ({
    language: track.lang ?? '',
    label: track.name,
    main: track.default,
  }));
  const changed = new Promise((resolve) => player.on(Hls.Events.AUDIO_TRACK_SWITCHED, resolve));
  player.audioTrack = player.audioTracks.findIndex((track) => track.lang === language);
  await changed;
  const before = video.currentTime;
  await until(() => video.currentTime > before + 2);
  return { sounds, plays: player.audioTracks[player.audioTrack].lang };

  async function until(condition) {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs in the page. */
async function withShaka({ address, language }) {
  /* global shaka */
  shaka.polyfill.installAll();
  const video = document.querySelector('video');
  const player = new shaka.Player();
  await player.attach(video);
  await player.load(address);
  await video.play();
  const sounds = player.getAudioTracks().map((track) => ({
    language: track.language,
    label: track.label ?? '',
    main: track.primary || track.roles.includes('main'),
  }));
  player.selectAudioTrack(player.getAudioTracks().find((track) => track.language === language));
  const before = video.currentTime;
  while (video.currentTime <= before + 2) await new Promise((resolve) => setTimeout(resolve, 50));
  return { sounds, plays: player.getAudioTracks().find((track) => track.active).language };
}
