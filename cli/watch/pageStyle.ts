/** The style of the page, light and dark. The charts read their colours from the variables. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f4; --card: #ffffff; --ink: #1c1e21; --quiet: #686d74; --line: #e3e3df;
  --network: #2f5fd0; --overall: #8fabea; --actual: #30343a; --surprise: 217 104 19;
  --other-0: #b3661e; --other-1: #7d6bc4; --other-2: #2f8f83; --other-3: #a04b7d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131416; --card: #1c1e21; --ink: #e7e7e4; --quiet: #9aa0a8; --line: #303338;
    --network: #7fa6ff; --overall: #4a66a8; --actual: #d5d8dc; --surprise: 240 140 50;
    --other-0: #e0995a; --other-1: #a99bf0; --other-2: #5fc4b5; --other-3: #dd8fbd;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 1.4rem; font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
header { display: flex; justify-content: space-between; align-items: start; gap: 1rem; }
h1 { margin: 0; font-size: 1.3rem; font-weight: 650; }
h2 { margin: 0 0 0.5rem; font-size: 0.95rem; font-weight: 600; }
h2 small { font-weight: 400; color: var(--quiet); margin-left: 0.6em; }
p { margin: 0; }
#folder { color: var(--quiet); font-size: 0.9rem; }
#state { flex: none; padding: 0.15rem 0.8rem; border-radius: 1rem; background: var(--card); border: 1px solid var(--line); font-size: 0.85rem; }
#state::before { content: '●'; margin-right: 0.5em; color: var(--quiet); }
#state[data-state=live]::before { color: #2ea043; }
#state[data-state=lost]::before { color: #d1442f; }
#figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.8rem; margin: 1.1rem 0 0.8rem; }
#figures div { padding: 0.6rem 0.9rem; border-radius: 8px; background: var(--card); border: 1px solid var(--line); }
dt { color: var(--quiet); font-size: 0.8rem; } 
dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
main { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.8rem; }
section { padding: 0.8rem 0.9rem; border-radius: 8px; background: var(--card); border: 1px solid var(--line); min-width: 0; }
section.wide { grid-column: 1 / -1; }
section[hidden] { display: none; }
section[hidden] + section { grid-column: auto; }
.empty { color: var(--quiet); }
.uplot, .uplot *, .u-legend { font-family: inherit; }
.u-legend { font-size: 0.82rem; text-align: left; padding: 0.2rem 0 0 3.4rem; }
.u-legend .u-value { font-variant-numeric: tabular-nums; min-width: 4.5em; display: inline-block; }
.u-legend .u-marker { width: 1.1em; height: 0; border-top-width: 3px !important; border-bottom: 0 !important; border-left: 0 !important; border-right: 0 !important; }
.tape { font: 1.02rem/1.75 ui-monospace, 'SFMono-Regular', Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.tape span { padding: 0.12em 0; border-radius: 2px; background: rgb(var(--surprise) / var(--bits)); }
.tape.words span { padding: 0.12em 0.4em; margin-right: 0.35em; }
.scale { display: flex; align-items: center; gap: 0.6em; margin-top: 0.6rem; font-size: 0.8rem; color: var(--quiet); }
.scale i { width: 9rem; height: 0.7em; border-radius: 2px; background: linear-gradient(90deg, rgb(var(--surprise) / 0), rgb(var(--surprise) / 0.85)); border: 1px solid var(--line); }
@media (max-width: 44rem) { main { grid-template-columns: minmax(0, 1fr); } body { padding: 0.8rem; } }
`;
