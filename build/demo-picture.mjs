// Draws what `./slipway demo --exit` printed as a terminal that plays it: node build/demo-picture.mjs < OUTPUT > docs/demo.svg
// Each line comes at the time that stands in it, faster; a viewer that plays nothing shows the end.
import { readFileSync } from "node:fs";

const columns = 132, rows = 34, lineHeight = 18, charWidth = 7.83, margin = 16, bar = 30;
const speed = 1.6, hold = 7, between = 0.25;

const printed = readFileSync(0, "utf8").trimEnd().split("\n");
// The log at the end is long, and stands in the README; what is left out is said.
const from = printed.indexOf("Who did what"), to = printed.indexOf("The numbers");
if (from < 0 || to < from) throw new Error("This is not what the demo prints.");
const lines = ["$ ./slipway demo --exit", "", ...printed.slice(0, from), "Who did what", `  (${to - from - 2} lines of the journal)`, "", ...printed.slice(to)];

let clock = 0.6;
const scenes = lines.map((line, row) => {
  const said = /^ +(\d+\.\d) s /.exec(line);
  if (row > 0) clock = Math.max(clock + (line.trim() === "" ? 0.05 : between), said ? 0.6 + Number(said[1]) / speed : 0);
  return { line: cut(line), row, at: clock, look: lookOf(line, row) };
});
const length = clock + hold, last = Math.max(0, scenes.length - rows);
const width = Math.ceil(columns * charWidth + 2 * margin), height = bar + rows * lineHeight + 2 * margin;

function cut(line) {
  return line.length <= columns ? line : line.slice(0, columns - 1) + "…";
}

function lookOf(line, row) {
  if (row === 0) return "command";
  if (line !== "" && !line.startsWith(" ")) return "heading";
  if (/is broken|rolled back|was refused|fails before|  broken:/.test(line)) return "bad";
  if (/holds:|gates pass|completed by itself|is live|on all \d+ instances|is closed|the story took/.test(line)) return "good";
  return /^ {8,}\d|^ +\d+\.\d s {4}/.test(line) ? "dim" : "plain";
}

const percent = (seconds) => ((100 * seconds) / length).toFixed(2);
const escaped = (text) => text.replace(/[&<>]/g, (found) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[found]);
const shown = scenes.map(({ at, row }) => `@keyframes l${row}{0%{opacity:0}${percent(at)}%{opacity:1}100%{opacity:1}}`);
const scrolled = scenes.filter(({ row }) => row >= rows).map(({ at, row }) => `${percent(at)}%{transform:translateY(${-(row - rows + 1) * lineHeight}px)}`);
const texts = scenes.filter(({ line }) => line.trim() !== "")
  .map(({ line, row, look }) => `<text class="${look}" style="animation-name:l${row}" x="${margin}" y="${(row + 1) * lineHeight - 5}">${escaped(line)}</text>`);

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A terminal plays slipway demo: a good version is promoted, a bad one is rolled back, and what it broke becomes a test case.">
<style>
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:#c9d1d9}
#lines text{animation-duration:${length.toFixed(1)}s;animation-timing-function:step-end;animation-iteration-count:infinite}
#lines{transform:translateY(${-last * lineHeight}px);animation:scroll ${length.toFixed(1)}s step-end infinite}
.command,.heading{font-weight:bold;fill:#ffffff!important}.good{fill:#56d364!important}.bad{fill:#ff7b72!important}.dim{fill:#8b949e!important}.title{fill:#8b949e}
@keyframes scroll{0%{transform:translateY(0)}${scrolled.join("")}100%{transform:translateY(${-last * lineHeight}px)}}
${shown.join("\n")}
@media (prefers-reduced-motion:reduce){#lines,#lines text{animation:none}}
</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="20" cy="15" r="5" fill="#ff5f57"/><circle cx="38" cy="15" r="5" fill="#febc2e"/><circle cx="56" cy="15" r="5" fill="#28c840"/>
<text class="title" x="${width / 2}" y="19" text-anchor="middle">slipway demo</text>
<svg x="0" y="${bar + margin / 2}" width="${width}" height="${rows * lineHeight}" overflow="hidden"><g id="lines">
${texts.join("\n")}
</g></svg>
</svg>
`);
