#include "report/html_css.h"

namespace whydown::report {

const std::string_view kHtmlCss = R"css(
:root {
  color-scheme: light dark;
  --ground: #f3f4f6; --card: #ffffff; --ink: #1b2430; --soft: #4d5b69; --line: #d3d9e0;
  --bad: #a3171f; --bad-ground: #fdecec; --good: #17663a; --good-ground: #e8f5ec;
  --unsure: #7a4b00; --unsure-ground: #fdf3df; --accent: #1c4f8f; --bar: #3f77b8; --code: #eef1f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --card: #1b212a; --ink: #e6eaef; --soft: #a9b5c2; --line: #38424f;
    --bad: #ff9a94; --bad-ground: #3b1c1f; --good: #86d8a6; --good-ground: #16311f;
    --unsure: #f2c575; --unsure-ground: #3a2c12; --accent: #94c0f5; --bar: #5b94d6; --code: #252d38;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background-color: var(--ground); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
  sans-serif; }
header, main, footer { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.75rem; }
footer { padding-bottom: 2.5rem; color: var(--soft); font-size: .9rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background-color: var(--card); padding: .5rem; }
a { color: var(--accent); }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .35rem 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1.08rem; margin: 1.9rem 0 .5rem; }
p { margin: .45rem 0; max-width: 48rem; overflow-wrap: anywhere; }
.kicker { margin: 0; color: var(--soft); font-size: .9rem; }
.verdict { display: inline-block; font-weight: 700; padding: .15rem .7rem; border-radius: .4rem;
  border: 1px solid currentColor; margin: 0 0 .3rem; }
.verdict-incident { color: var(--bad); background-color: var(--bad-ground); }
.verdict-healthy { color: var(--good); background-color: var(--good-ground); }
.verdict-inconclusive { color: var(--unsure); background-color: var(--unsure-ground); }
.lead { font-size: 1.08rem; }
.card { background-color: var(--card); border: 1px solid #d3d9e0; border-color: var(--line);
  border-radius: .6rem;
  padding: 1.25rem 1.4rem; margin: 1.25rem 0; }
.tag { color: var(--soft); font-size: .92rem; }
figure { margin: .7rem 0; }
.facts { margin: .6rem 0 0; }
.facts caption { position: absolute; left: -99rem; }
.facts th { width: 11rem; color: var(--soft); }
.journey { list-style: none; display: flex; padding: 0; margin: .5rem 0; }
.journey li { flex: 1 1 0; min-width: 0; position: relative; margin-right: 1.8rem;
  border: 1px solid #d3d9e0; border-color: var(--line); border-radius: .45rem;
  padding: .45rem .8rem; }
.journey li:last-child { margin-right: 0; }
.journey li:not(:last-child)::after { content: "\2192"; position: absolute; right: -1.5rem;
  top: .4rem;
  color: var(--soft); font-size: 1.2rem; line-height: 1; }
.journey small { color: var(--soft); font-size: .88rem; }
.step span { color: var(--soft); }
.journey .step-bad { border: 2px solid #a3171f; border-color: var(--bad);
  background-color: var(--bad-ground); }
.journey .step-bad span { color: var(--bad); font-weight: 700; }
.journey .step-bad small { color: var(--ink); }
.journey .step-good { border-color: var(--good); }
.step-good span { color: var(--good); }
.journey .step-unseen { border-style: dashed; }
.plain { margin: .3rem 0; padding-left: 1.2rem; max-width: 48rem; }
.plain li { margin: .15rem 0; overflow-wrap: anywhere; }
.supplied { border-bottom: 1px dotted #1c4f8f; border-bottom-color: var(--accent); }
.supplied small { color: var(--accent); font-size: .78rem; padding-left: .15rem; }
.missing { color: var(--unsure); }
.causes { list-style: none; padding: 0; margin: 0; }
.causes > li { border-top: 1px solid #d3d9e0; border-top-color: var(--line); padding: .7rem 0; }
.causes > li:first-child { border-top: 0; padding-top: .2rem; }
.cause { display: flex; margin: 0; max-width: none; }
.share { display: block; flex: 0 0 6.8rem; width: 6.8rem; white-space: nowrap; font-weight: 700;
  font-variant-numeric: tabular-nums; }
.share + span { display: block; flex: 1 1 0; }
.bar { display: block; width: 100%; height: .5rem; margin: .3rem 0 .4rem; }
.bar .rest { fill: var(--code); }
.bar .part { fill: var(--bar); }
.arguments { list-style: none; margin: 0; padding: 0; }
.arguments li { display: flex; margin: .25rem 0; }
.arguments b { display: block; flex: 0 0 6.8rem; width: 6.8rem; color: var(--soft); font-weight: 600; }
.arguments span { display: block; flex: 1 1 0; min-width: 0; overflow-wrap: anywhere; }
.arguments .pro b { color: var(--good); }
.arguments .con b { color: var(--bad); }
.arguments small { color: var(--soft); font-size: .85rem; }
.note { border-left: 4px solid #7a4b00; border-left-color: var(--unsure);
  background-color: var(--unsure-ground); padding: .5rem .8rem;
  margin: .6rem 0; border-radius: 0 .4rem .4rem 0; max-width: none; }
.checks > li { margin: 1rem 0; }
code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .92em;
  background-color: var(--code); border-radius: .3rem; padding: .1rem .35rem;
  overflow-wrap: anywhere; }
pre { margin: .25rem 0; white-space: pre-wrap; background-color: var(--code); border-radius: .3rem;
  padding: .45rem .7rem; }
pre code { background: none; padding: 0; }
.command { user-select: all; -webkit-user-select: all; }
.scroll { overflow-x: auto; margin: .7rem 0; }
.scroll:focus-visible, a:focus-visible, pre:focus-visible { outline: 3px solid;
  outline-color: var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0;
  border-bottom: 1px solid #d3d9e0; border-bottom-color: var(--line);
  overflow-wrap: break-word; }
tbody th { font-weight: 600; }
thead th { color: var(--soft); font-weight: 600; }
.evidence .time, .evidence .number { white-space: nowrap; font-variant-numeric: tabular-nums; }
.evidence .words { min-width: 18rem; }
.evidence .role-symptom { color: var(--bad); font-weight: 600; }
.fields { display: block; color: var(--soft); font-size: .86rem; margin-top: .15rem; }
.fields b { font-weight: 600; }
figcaption { color: var(--soft); font-size: .92rem; max-width: 48rem; }
.timeline { width: 100%; min-width: 36rem; height: auto; display: block; }
.timeline text { fill: var(--ink); }
.timeline .soft { fill: var(--soft); }
.timeline .axis { stroke: var(--line); }
.timeline .window { fill: var(--bad-ground); }
.timeline .flag-line { stroke: var(--soft); }
.timeline .flag { fill: var(--accent); }
.timeline .flag-number { fill: var(--card); font-weight: 700; }
.timeline .symptom, .timeline .failed { fill: var(--bad); }
.timeline .cause { fill: var(--unsure); }
.timeline .context { fill: var(--accent); }
.timeline .ok { fill: var(--good); }
@media (max-width: 44rem) {
  header, main, footer { padding-left: .8rem; padding-right: .8rem; }
  .card { padding: 1rem; }
  h1 { font-size: 1.4rem; }
  .journey { display: block; }
  .journey li { margin: 0 0 1.6rem; }
  .journey li:last-child { margin-bottom: 0; }
  .journey li:not(:last-child)::after { content: "\2193"; right: auto; left: 1rem; top: auto;
    bottom: -1.45rem; }
  .share, .arguments b { flex-basis: 4.6rem; width: 4.6rem; }
  thead { position: absolute; left: -99rem; }
  table, tbody, caption { display: block; }
  tr { display: block; border-bottom: 1px solid #d3d9e0; border-bottom-color: var(--line);
  padding: .45rem 0; }
  th, td { display: inline; border: 0; padding: 0 .5rem 0 0; }
  td.words, tbody th, td[data-column] { display: block; }
  td[data-column]::before { content: attr(data-column); color: var(--soft); }
  .evidence tbody th { display: inline; }
  .facts th, .facts td { display: block; width: auto; }
}
@media print {
  @page { size: A4; margin: 13mm 15mm 15mm;
    @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; color: #444; } }
  :root { --ground: #fff; --card: #fff; --ink: #000; --soft: #333; --line: #aaa; --code: #f2f2f2;
    --bad: #7d0f16; --bad-ground: #fbeaea; --good: #0f4a29; --good-ground: #eef6f0;
    --unsure: #563500;
    --unsure-ground: #faf3e3; --accent: #123a6b; --bar: #3f77b8; }
  html { font-size: 9.5pt; }
  body { line-height: 1.4; }
  header, main, footer { max-width: none; padding: 0; }
  .card { border: 0; border-top: 1pt solid #d3d9e0; border-top-color: var(--line);
    border-radius: 0; padding: 5pt 0 0; margin: 8pt 0 0; }
  h3 { margin-top: .8rem; }
  header { padding-top: 0; }
  .lead { font-size: 1rem; }
  p, .plain, figcaption { max-width: none; }
  .skip { display: none; }
  .scroll { overflow: visible; }
  .timeline { min-width: 0; }
  .evidence .words { min-width: 0; }
  h2, h3, caption, .cause { break-after: avoid; }
  tr, .causes > li, .checks > li, .journey, figure { break-inside: avoid; }
}
)css";

const std::string_view kHtmlCssHash = "sha256-rmlD0tD2IhzfsAxNfVu7p3m88QDNJf60bRUrMEB/2I0=";

}  // namespace whydown::report
