/** Text stands out from its ground by 4.5 to 1 and more, light and dark (WCAG 2.2, 1.4.3). */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #ffffff; --raised: #f3f4f6; --text: #16191d; --quiet: #4b5563; --line: #c5cad3;
  --accent: #0b57d0; --critical: #9b1c1c; --high: #b83c0e; --medium: #8a5a00; --low: #1d5fa8; --info: #545e6b; --on: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --raised: #1f242b; --text: #e8eaed; --quiet: #b0b7c3; --line: #454d59;
    --accent: #8ab4f8; --critical: #ff8f8a; --high: #ffab7a; --medium: #f2cb6c; --low: #92c5ff; --info: #bcc4cf; --on: #14171b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 100rem; padding: 1rem 1.5rem 4rem; background: var(--ground); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .75rem; }
h2 { font-size: 1.2rem; margin: 1.75rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .4rem; }
[hidden] { display: none !important; }
.quiet, dt { color: var(--quiet); font-weight: normal; }
.warning { border-left: .3rem solid var(--critical); background: var(--raised); margin: .5rem 0; padding: .6rem .9rem; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .4rem; }
a { color: var(--accent); overflow-wrap: anywhere; }
#summary { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .75rem; margin: 0; }
#summary dd { margin: 0; overflow-wrap: anywhere; }
#filters { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: end; background: var(--raised);
  padding: .75rem 1rem; margin-top: 1.25rem; border-radius: .4rem; }
#filters label { display: grid; gap: .2rem; color: var(--quiet); }
#filters label:first-child { flex: 1 1 16rem; }
input, button { font: inherit; color: var(--text); background: var(--ground); border: 1px solid var(--quiet);
  border-radius: .3rem; padding: .3rem .6rem; max-width: 100%; }
button { cursor: pointer; }
button[aria-disabled=true] { opacity: .55; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
#status { font-weight: 600; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
tbody th { font-weight: normal; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.wide td { overflow-wrap: anywhere; min-width: 5rem; unicode-bidi: isolate; }
.wide td.time { min-width: 10.5rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.wide td.principal { min-width: 10rem; }
.wide td.rules { min-width: 9rem; }
.wide td.eventName, .wide td.account, .wide td.address { min-width: 8rem; }
.wide td.region { min-width: 6rem; }
.wide td.account { white-space: nowrap; }
.wide td.outcome { min-width: 6rem; }
#matches table { font-size: .93rem; }
dl { margin: .3rem 0; }
dd { margin: 0 0 .3rem; overflow-wrap: anywhere; unicode-bidi: isolate; }
#facets { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; align-items: start; }
.panel { background: var(--raised); border-radius: .4rem; padding: .75rem 1rem; min-width: 0; }
.panel thead { position: absolute; clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; }
.panel input { width: 100%; margin-bottom: .4rem; }
.panel th button { border: 0; background: none; padding: 0; text-align: left; overflow-wrap: anywhere; unicode-bidi: isolate; }
.panel th button[aria-pressed=true] { font-weight: 700; color: var(--accent); text-decoration: underline; }
.panel th button:hover { text-decoration: underline; }
.bar { display: block; height: .3rem; min-width: 1px; background: var(--info); border-radius: .15rem; }
.severity { display: inline-block; white-space: nowrap; overflow-wrap: normal; padding: 0 .45rem; border-radius: .3rem; color: var(--on); background: var(--info);
  font-size: .85rem; font-weight: 600; }
.panel .severity { margin-left: .4rem; }
.critical { background: var(--critical); fill: var(--critical); }
.high { background: var(--high); fill: var(--high); }
.medium { background: var(--medium); fill: var(--medium); }
.low { background: var(--low); fill: var(--low); }
.info { background: var(--info); fill: var(--info); }
svg { width: 100%; height: auto; display: block; }
svg .slot { fill: transparent; }
svg .span { cursor: pointer; }
svg .span:hover .slot { fill: var(--raised); }
svg line { stroke: var(--quiet); }
svg text { fill: var(--quiet); font-size: 11px; }
#pager { display: flex; gap: .75rem; align-items: center; margin-top: .75rem; }
.paper { display: none; }
@media print {
  :root { color-scheme: light; --ground: #ffffff; --raised: #ffffff; --text: #000000; --quiet: #333333; --line: #999999;
    --critical: #9b1c1c; --high: #b83c0e; --medium: #8a5a00; --low: #1d5fa8; --info: #545e6b; --on: #ffffff; }
  .screen, .skip, details { display: none !important; }
  .paper { display: block; }
  body { padding: 0; font-size: 10px; max-width: none; }
  .wide { overflow: visible; }
  .wide td { min-width: 0 !important; white-space: normal; }
  #matches table { font-size: inherit; }
  .severity, .bar, svg rect { print-color-adjust: exact; }
  tr { break-inside: avoid; }
}
`;
