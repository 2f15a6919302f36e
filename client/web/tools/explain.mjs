// SPDX-License-Identifier: Apache-2.0
// Turns the sources of `firmbench explain` into a module, so that page and command line say the
// same. Knows just the two forms that these sources use: raw strings and a table of topics; what
// looks otherwise is an error, not a gap.

const TEXT = /constexpr std::string_view (k\w+) = R"\(([\s\S]*?)\)";/g;
const ROW = /\{"([a-z0-9-]+)", "((?:[^"\\]|\\.)*)", (k\w+)\}/g;

// Paragraphs, items of lists and lines that stand as they are; the rules are those of
// ExplainTopic::text in client/cli/explain/topics.h.
function blocksOf(text) {
  const blocks = [];
  let open = false;
  for (const line of text.split('\n')) {
    if (line === '') {
      open = false;
    } else if (line.startsWith(' ')) {
      blocks.push({ kind: 'verbatim', text: line.trimStart() });
      open = false;
    } else if (line.startsWith('- ')) {
      blocks.push({ kind: 'item', text: line.slice(2) });
      open = true;
    } else if (open) {
      blocks[blocks.length - 1].text += ` ${line}`;
    } else {
      blocks.push({ kind: 'paragraph', text: line });
      open = true;
    }
  }
  return blocks;
}

function topicsOf(source) {
  const texts = new Map([...source.matchAll(TEXT)].map((match) => [match[1], match[2]]));
  const topics = [...source.matchAll(ROW)].map(([, name, title, text]) => {
    if (!texts.has(text)) throw new Error(`explain: topic ${name} has no text ${text}`);
    return { name, title: title.replace(/\\(.)/g, '$1'), blocks: blocksOf(texts.get(text)) };
  });
  if (topics.length === 0 || topics.length !== texts.size) {
    throw new Error(`explain: ${topics.length} topics for ${texts.size} texts`);
  }
  return topics;
}

// The titles alone, for links: the texts are loaded where they are read.
export function titlesModule(sources) {
  const titles = Object.fromEntries(sources.flatMap(topicsOf).map(({ name, title }) => [name, title]));
  return [
    '// SPDX-License-Identifier: Apache-2.0',
    '// Generated from client/cli/explain.',
    `export const titles: Readonly<Record<string, string>> = ${JSON.stringify(titles, null, 1)};`,
    '',
  ].join('\n');
}

export function topicsModule(sources) {
  return [
    '// SPDX-License-Identifier: Apache-2.0',
    '// Generated from client/cli/explain.',
    "export interface Block { kind: 'paragraph' | 'item' | 'verbatim'; text: string }",
    'export interface Topic { name: string; title: string; blocks: Block[] }',
    `export const topics: readonly Topic[] = ${JSON.stringify(sources.flatMap(topicsOf), null, 1)};`,
    '',
  ].join('\n');
}
