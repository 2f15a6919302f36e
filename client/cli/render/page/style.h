// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a passport looks. No fonts, images or files from anywhere: what stands here is all.

#include <string_view>

namespace firmbench::cli::render {

inline constexpr std::string_view kPassportStyle = R"css(
:root { --ink: #16202b; --soft: #5b6876; --line: #d8dee5; --wash: #f4f6f8; --accent: #0b5cad;
  --constant: #cfd8e3; --changes: #e8912d; --unknown: #fff; --good: #1a7f4b; --bad: #b3261e; }
* { box-sizing: border-box; }
html { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { margin: 0 auto; padding: 10mm; max-width: 210mm; background: #fff; color: var(--ink);
  font: 8pt/1.3 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
header { display: flex; justify-content: space-between; gap: 8mm; padding-bottom: 2mm;
  border-bottom: 0.6mm solid var(--ink); }
h1 { margin: 0.5mm 0 0.8mm; font-size: 21pt; line-height: 1.1; letter-spacing: -0.01em; }
h1 span { font-weight: 400; color: var(--soft); }
h2 { margin: 2.4mm 0 0.7mm; font-size: 7.2pt; letter-spacing: 0.09em; text-transform: uppercase;
  color: var(--accent); }
p { margin: 0 0 1mm; }
.eyebrow { font-size: 7.2pt; letter-spacing: 0.12em; text-transform: uppercase;
  color: var(--soft); }
.sub { color: var(--soft); font-size: 10pt; margin: 0; }
.qr { width: 26mm; height: 26mm; flex: none; display: block; margin: -2.5mm -2.5mm -1mm 0; }
.warn { margin: 3mm 0 0; padding: 1.6mm 3mm; border-left: 1mm solid var(--changes);
  background: #fdf3e6; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 8mm; }
dl { display: grid; align-items: baseline; align-content: start; grid-template-columns: max-content 1fr; gap: 0.5mm 4mm; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 600; font-size: 7pt; color: var(--soft);
  border-bottom: 0.3mm solid var(--line); padding: 0 2.5mm 0.6mm 0; white-space: nowrap; }
td { vertical-align: top; padding: 0.4mm 2.5mm 0.4mm 0; border-bottom: 0.2mm solid var(--line);
  overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
tr { break-inside: avoid; }
.tight { white-space: nowrap; overflow-wrap: normal; }
.mono, code, pre { font-family: "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace;
  font-size: 6.1pt; letter-spacing: -0.02em; }
.hash { min-width: 41mm; }
.proof { min-width: 50mm; }
table .mono { line-height: 1.3; }
.soft { color: var(--soft); }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 600; }
.apart { display: block; color: var(--soft); font-style: italic; }
.split { display: grid; grid-template-columns: 1fr 86mm; gap: 0 7mm; align-items: start; }
.split > section:only-child { grid-column: 1 / -1; }
.eeprom { display: grid; grid-template-columns: 37mm 1fr; gap: 4mm; align-items: start;
  margin-bottom: 1.2mm; }
.map { width: 37mm; display: block; }
.map text { font: 9px "DejaVu Sans Mono", Menlo, monospace; text-anchor: end;
  fill: var(--soft); }
.use-constant { fill: var(--constant); }
.use-changes { fill: var(--changes); }
.use-unknown { fill: var(--unknown); }
.grid { stroke: #b8c2cd; stroke-width: 0.45; fill: none; }
.legend { list-style: none; margin: 0 0 2mm; padding: 0; }
.legend li { display: flex; align-items: baseline; gap: 2mm; padding: 0.5mm 0; }
.legend svg { width: 3mm; height: 3mm; flex: none; align-self: center; stroke: #b8c2cd;
  overflow: visible; }
.legend b { min-width: 7mm; text-align: right; font-variant-numeric: tabular-nums; }
pre { margin: 1mm 0 0; padding: 1.2mm 2.5mm; background: var(--wash); white-space: pre-wrap;
  overflow-wrap: anywhere; }
footer { margin-top: 2mm; padding-top: 1mm; border-top: 0.3mm solid var(--line);
  color: var(--soft); font-size: 7pt; }
section { break-inside: auto; }
h2 { break-after: avoid; }
.eeprom, .checkpoint { break-inside: avoid; }
@page { size: A4; margin: 9mm 12mm; }
@media print { body { padding: 0; max-width: none; } }
@media screen { body { margin: 8mm auto; box-shadow: 0 0 6mm #0002; } html { background: #e9edf1; } }
)css";

}  // namespace firmbench::cli::render
