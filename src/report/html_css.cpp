#include "report/html_css.h"

namespace whydown::report {

const std::string_view kHtmlCss = R"css(
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #ffffff; --ink: #1b2430; --soft: #51606f; --line: #d5dbe2;
  --bad: #a3171f; --bad-ground: #fdecec; --good: #17663a; --good-ground: #e8f5ec;
  --unsure: #7a4b00; --unsure-ground: #fdf3df; --accent: #1c4f8f; --bar: #3f77b8; --code: #eef1f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --card: #1b212a; --ink: #e6eaef; --soft: #a5b1bf; --line: #38424f;
    --bad: #ff9a94; --bad-ground: #3b1c1f; --good: #86d8a6; --good-ground: #16311f;
    --unsure: #f2c575; --unsure-ground: #3a2c12; --accent: #94c0f5; --bar: #5b94d6; --code: #252d38;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.75rem; }
footer { padding-bottom: 2.5rem; color: var(--soft); font-size: .9rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem; }
a { color: var(--accent); }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .35rem 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1.08rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: 1rem; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .4rem 0; max-width: 46rem; overflow-wrap: anywhere; }
.kicker { margin: 0; color: var(--soft); font-size: .9rem; }
.verdict { display: inline-block; font-weight: 700; padding: .15rem .7rem; border-radius: .4rem;
  border: 1px solid currentColor; }
.verdict-incident { color: var(--bad); background: var(--bad-ground); }
.verdict-healthy { color: var(--good); background: var(--good-ground); }
.verdict-inconclusive { color: var(--unsure); background: var(--unsure-ground); }
.lead { font-size: 1.08rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1.25rem 1.4rem; margin: 1.25rem 0; }
.tag { color: var(--soft); font-size: .9rem; margin: 0; }
dl { display: grid; grid-template-columns: 7rem 1fr; gap: .45rem 1rem; margin: 1rem 0 0; }
dt { font-weight: 600; color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.journey { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem 0; padding: 0; margin: .5rem 0; }
.journey li { display: flex; align-items: center; }
.journey li + li::before { content: "\2192"; padding: 0 .6rem; color: var(--soft); }
.step { border: 1px solid var(--line); border-radius: .45rem; padding: .35rem .8rem; }
.step b { display: block; }
.step span { font-size: .9rem; color: var(--soft); }
.step-bad { border: 2px solid var(--bad); background: var(--bad-ground); }
.step-bad span { color: var(--bad); font-weight: 700; }
.step-good { border-color: var(--good); }
.step-good span { color: var(--good); }
.step-unseen { border-style: dashed; }
.steps { margin: .3rem 0; padding-left: 1.2rem; }
.causes { list-style: none; padding: 0; margin: 0; }
.causes > li { border-top: 1px solid var(--line); padding: .7rem 0; }
.causes > li:first-child { border-top: 0; padding-top: .2rem; }
.cause-head { display: grid; grid-template-columns: 6rem 1fr; align-items: baseline; gap: .5rem; }
.share { white-space: nowrap; font-weight: 700; font-variant-numeric: tabular-nums; }
.bar { display: block; width: 100%; height: .5rem; margin: .3rem 0 .4rem; }
.bar .rest { fill: var(--code); }
.bar .part { fill: var(--bar); }
.arguments { list-style: none; margin: 0; padding: 0; }
.arguments li { display: grid; grid-template-columns: 6rem 1fr; gap: .5rem; margin: .25rem 0; }
.arguments b { color: var(--soft); font-weight: 600; }
.arguments .pro b { color: var(--good); }
.arguments .con b { color: var(--bad); }
.arguments small { color: var(--soft); }
.note { border-left: 4px solid var(--unsure); background: var(--unsure-ground); padding: .5rem .8rem;
  margin: .6rem 0; border-radius: 0 .4rem .4rem 0; max-width: none; }
.checks > li { margin: .7rem 0; }
code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .92em;
  background: var(--code); border-radius: .3rem; padding: .1rem .35rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0;
  border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; }
td.time, td.number, th.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.words { min-width: 16rem; overflow-wrap: anywhere; }
td.hash { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .8rem;
  overflow-wrap: anywhere; min-width: 12rem; }
.timeline { width: 100%; min-width: 34rem; height: auto; display: block; }
.timeline text { fill: var(--ink); font-size: 12px; }
.timeline .soft { fill: var(--soft); }
.timeline .axis { stroke: var(--line); stroke-width: 1; }
.timeline .window { fill: var(--bad-ground); opacity: .7; }
.timeline .symptom { fill: var(--bad); }
.timeline .cause { fill: var(--unsure); }
.timeline .context { fill: var(--accent); }
@media (max-width: 40rem) {
  header, main, footer { padding-left: .8rem; padding-right: .8rem; }
  .card { padding: 1rem; }
  h1 { font-size: 1.4rem; }
  dl { grid-template-columns: 1fr; gap: .1rem; }
  dd { margin-bottom: .6rem; }
  .arguments li { grid-template-columns: 3.9rem 1fr; }
  .cause-head { grid-template-columns: auto 1fr; }
  .evidence thead { position: absolute; left: -99rem; }
  .evidence tr { display: block; border-bottom: 1px solid var(--line); padding: .4rem 0; }
  .evidence th, .evidence td { display: inline-block; border: 0; padding: 0 .6rem 0 0; }
  .evidence td.words { display: block; min-width: 0; }
}
@media print {
  :root { --ground: #fff; --card: #fff; --ink: #000; --soft: #333; --line: #999; --code: #fff;
    --bad: #7d0f16; --good: #0f4a29; --unsure: #563500; --accent: #123a6b; --bar: #555; }
  body { font-size: 10.5pt; }
  .card { border: 0; padding: 0; }
  .skip { display: none; }
  .scroll { overflow: visible; }
  .timeline { min-width: 0; }
  h2, h3, h4 { break-after: avoid; }
  tr, .causes > li, .checks > li, .step { break-inside: avoid; }
}
)css";

const std::string_view kHtmlCssHash = "sha256-dl8Nc/Qj9ALslWWprR1YNqbR1dkUf7BGFJBKuSpLc5Y=";

}  // namespace whydown::report
