// SPDX-License-Identifier: Apache-2.0
// Turns the texts that go into a proof bundle into a module, so that a bundle from the page and one
// from the command line are the same.

const TEXT = /inline constexpr char (k\w+)\[\] =\s*R"(\w*)\(([\s\S]*?)\)\2";/g;

export function bundleModule(source) {
  const texts = new Map([...source.matchAll(TEXT)].map(([, name, , text]) => [name, text]));
  const named = (name) => {
    if (!texts.has(name)) throw new Error(`audit bundle: there is no text ${name}`);
    return JSON.stringify(texts.get(name));
  };
  return [
    '// SPDX-License-Identifier: Apache-2.0',
    '// Generated from client/cli/audit_bundle_texts.h.',
    `export const bundleReadme = ${named('kBundleReadme')};`,
    `export const bundleVerify = ${named('kBundleVerify')};`,
    '',
  ].join('\n');
}
