import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Inks as in CodeBlock and JsonView. */
const inks = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--warn)" },
  { tag: tags.string, color: "var(--ok)" },
  { tag: tags.number, color: "var(--busy)" },
  { tag: [tags.bool, tags.null], color: "var(--link)" },
  { tag: [tags.separator, tags.brace, tags.squareBracket], color: "var(--muted)" },
]);

/** The console's tokens on the editor, so that it follows the theme by itself. */
const look = EditorView.theme({
  "&": { backgroundColor: "var(--canvas)", color: "var(--text)", fontSize: "0.75rem", maxHeight: "24rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--font-mono, var(--font-geist-mono), monospace)",
    lineHeight: "1.25rem",
  },
  ".cm-content": { caretColor: "var(--text)", minHeight: "7.5rem", padding: "0.375rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": {
    backgroundColor: "var(--surface)",
    color: "var(--faint)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in oklch, var(--hover) 50%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--hover)", color: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selected)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--selected)",
    outline: "1px solid var(--edge)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-tint)", color: "var(--bad)" },
  ".cm-selectionMatch": { backgroundColor: "var(--hover)" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-tint)", outline: "1px solid var(--warn)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--selected)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--hover)", border: "none", color: "var(--muted)" },
  ".cm-placeholder": { color: "var(--faint)" },
  ".cm-panels": { backgroundColor: "var(--surface)", color: "var(--text)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { fontFamily: "var(--font-geist-sans)", fontSize: "0.75rem" },
  ".cm-textfield": {
    backgroundColor: "var(--canvas)",
    border: "1px solid var(--edge)",
    borderRadius: "4px",
    color: "var(--text)",
  },
  ".cm-button": {
    backgroundColor: "var(--canvas)",
    backgroundImage: "none",
    border: "1px solid var(--line)",
    borderRadius: "4px",
    color: "var(--text)",
  },
  ".cm-tooltip": { backgroundColor: "var(--raised)", border: "1px solid var(--line)", color: "var(--text)" },
  ".cm-diagnostic": { fontFamily: "var(--font-geist-sans)", padding: "0.25rem 0.5rem" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad)",
    textUnderlineOffset: "3px",
  },
});

export const editorTheme = [look, syntaxHighlighting(inks)];
