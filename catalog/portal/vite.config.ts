import { defineConfig } from 'vite';

/** The server that the development server passes the API and the streams through to. */
const server = process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  build: {
    // On the class path of catalog's jar, where the server reads the pages from.
    outDir: '../target/classes/portal',
    emptyOutDir: true,
    target: 'es2022',
    // hls.js is one chunk of this size, loaded with the first player and not before.
    chunkSizeWarningLimit: 700,
    license: { fileName: 'licenses.txt' },
    reportCompressedSize: false,
  },
  server: {
    proxy: { '/api': server, '/play': server },
  },
});
