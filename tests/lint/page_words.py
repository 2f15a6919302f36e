# SPDX-License-Identifier: Apache-2.0
"""The page's words stand in one file, so that another language is another file: no component has
words of its own between its tags, in an attribute that is read, or in the literals shown there, and
only that file says which locale they are of."""

import re

from tree import main

COMPONENTS = "client/web/src/"
TEXTS = COMPONENTS + "text/en.ts"
READ_ATTRIBUTES = ("title", "aria-label", "aria-description", "aria-valuetext", "aria-roledescription",
                   "placeholder", "alt", "label", "summary")
LOCALE = re.compile(r"\bIntl\.\w+\(['\"`]|\.(?:toLocale\w+|localeCompare)\([^)]*['\"`][a-z]{2}\b")
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
NOT_MARKUP = re.compile(r"<!--.*?-->|<script\b.*?</script>|<style\b.*?</style>", re.S)
ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*("[^"]*"|'[^']*'|\x01\d+\x02)""")
EXPRESSION = re.compile(r"\x01(\d+)\x02")
LITERAL = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`""", re.S)


def blank(match):
    return "\n" * match.group().count("\n")


def take_expressions(text):
    """The text with each {expression} replaced by its number between \\x01 and \\x02, and the
    expressions. Braces in literals count like others: they come in pairs."""
    out, expressions, depth, begin = [], [], 0, 0
    for at, letter in enumerate(text):
        if letter == "{":
            depth += 1
            if depth == 1:
                begin = at + 1
        elif letter == "}" and depth > 0:
            depth -= 1
            if depth == 0:
                out.append(f"\x01{len(expressions)}\x02" + "\n" * text[begin:at].count("\n"))
                expressions.append(text[begin:at])
        elif depth == 0:
            out.append(letter)
    return "".join(out), expressions


def shown_literals(expression):
    """The literals of what is shown; those that are compared, looked up or handed over are none."""
    if expression[:1] in "#:/@":
        return
    for match in LITERAL.finditer(expression):
        before, after = expression[:match.start()].rstrip(), expression[match.end():].lstrip()
        if before.count("[") > before.count("]"):
            continue
        if before.endswith(("==", "(", "[", ",")) or after.startswith(("==", ")", "]", ",")):
            continue
        text = next(group for group in match.groups() if group is not None)
        yield re.sub(r"\$\{.*?\}", "", text, flags=re.S)


def words_of(text, expressions):
    """What of a text with expressions taken out is words."""
    parts = [EXPRESSION.sub(" ", text)]
    for match in EXPRESSION.finditer(text):
        parts += shown_literals(expressions[int(match.group(1))])
    return [part.strip() for part in parts if WORD.search(part)]


def findings(text):
    """Pairs of line and words."""
    markup, expressions = take_expressions(NOT_MARKUP.sub(blank, text))
    at = 0
    for tag in re.finditer(r"<[/!]?[A-Za-z][^>]*>|$", markup):
        line = markup.count("\n", 0, at) + 1
        between = markup[at:tag.start()]
        indent = len(between) - len(between.lstrip())
        yield from ((line + between[:indent].count("\n"), words)
                    for words in words_of(between, expressions))
        line = markup.count("\n", 0, tag.start()) + 1
        for name, value in ATTRIBUTE.findall(tag.group()):
            if name in READ_ATTRIBUTES:
                yield from ((line, words) for words in words_of(value.strip("\"'"), expressions))
        at = tag.end()


def lint(tree):
    found = []
    for path in tree.paths(".svelte"):
        if path.startswith(COMPONENTS):
            found += [f"{path}:{line}: '{words}' belongs to {TEXTS}"
                      for line, words in findings(tree.text(path))]
    for path in tree.paths(".svelte", ".ts"):
        if path.startswith(COMPONENTS) and path != TEXTS:
            found += [f"{path}:{line}: names a locale: {TEXTS} does"
                      for line, text in tree.lines(path) if LOCALE.search(text)]
    return found


def component(markup):
    return {COMPONENTS + "A.svelte": f"<!-- Words. -->\n<script>\nconst a = 'some words';\n</script>\n"
                                     f"{markup}\n<style>\n  a {{ color: red; }}\n</style>\n"}


GOOD = {
    "expressions": component('<p class="small" title={t.a.b}>{t.a.c} · {kind === \'some\' ? t.a : t.b}</p>'),
    "call": component("<p>{words('some words')}{#if x === 'some'}{a['some']}{/if}</p>"),
    "index": component("<p>{t.a[b === 'some' ? 'some' : 'other']}</p>"),
    "locale": {TEXTS: "const a = new Intl.Collator('en');\n",
               COMPONENTS + "a.ts": "const a = new Intl.Collator(t.locale);\n"},
    "greater": component("<button onclick={() => go(a > 3)} aria-label=\"{a} {b}\">{a}</button>"),
}
BAD = {
    "between": component("<p>Some words</p>"),
    "behind": component("<p>{a} of {b}</p>"),
    "title": component('<p title="Some words">{a}</p>'),
    "aria": component('<p aria-label="{a} words">{a}</p>'),
    "placeholder": component("<input onclick={() => a > 3} placeholder={`some ${a}`} />"),
    "choice": component("<p>{a ? 'Some' : t.b}</p>"),
    "locale": {COMPONENTS + "a.ts": "const a = new Intl.Collator('en');\n"},
    "order": {COMPONENTS + "a.ts": "a.localeCompare(b, 'en')\n"},
    "block": component("{#if a}\n  Some words\n{/if}"),
}

if __name__ == "__main__":
    main(lint, GOOD, BAD)
