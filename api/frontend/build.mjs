// Bundle the scripts into one folder, named on the command line or by AGENDAGRAPH_ASSETS.
//
// Nothing is fetched here: what is bundled was installed by `npm ci` before. Each bundle keeps
// the licence comments of the libraries in it, in a file beside it.

import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { build } from "esbuild";

const out = process.argv[2];
if (!out) {
  throw new Error("usage: node build.mjs FOLDER");
}

await mkdir(out, { recursive: true });
await build({
  entryPoints: ["src/network-view.js"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "agendagraphNetworkView",
  target: "es2020",
  legalComments: "linked",
  charset: "utf8",
});
// Natural Earth's countries (public domain), by M49 code: the map of the network pictures. The finer
// one has Singapore and the islands; the coarser one is for pages.
const require = createRequire(import.meta.url);
for (const scale of ["110m", "50m"]) {
  await copyFile(require.resolve(`world-atlas/countries-${scale}.json`), `${out}/countries-${scale}.json`);
}
