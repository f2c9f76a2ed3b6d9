// Makes the page's files: bundled, minified, the same bytes from the same sources.
import { copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { build } from "esbuild";

const [, version] = /^__version__ = "(.*)"/m.exec(await readFile("../src/antiphon/__init__.py", "utf8"));
const into = process.argv[2] ?? "../src/antiphon/pages";

await rm(into, { recursive: true, force: true });
await mkdir(into, { recursive: true });
await build({
  entryPoints: {
    console: "src/console.tsx",
    operate: "src/operate/operate.tsx",
    recorded: "src/recorded/page.tsx",
    capture: "src/sound/capture.worklet.ts",
    playback: "src/sound/playback.worklet.ts",
    style: "src/style.css",
  },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome110", "firefox115", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { ANTIPHON_VERSION: JSON.stringify(version) },
  legalComments: "eof",
  outdir: into,
  logLevel: "info",
});
for (const name of await readdir("pages")) await copyFile(`pages/${name}`, `${into}/${name}`);
