// The editor of rulebooks: a textarea[data-editor] gets line numbers, colours and marks; the textarea stays what is sent.
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { tags } from "@lezer/highlight";
import { EditorView, basicSetup } from "codemirror";

// The tokens of the design, so that the text can be read light and dark.
const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName, tags.keyword], color: "var(--tw-new)" },
  { tag: [tags.string, tags.attributeValue], color: "var(--tw-good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--tw-bad)" },
  { tag: [tags.comment, tags.meta, tags.lineComment], color: "var(--tblr-secondary)", fontStyle: "italic" },
  { tag: [tags.labelName, tags.typeName], color: "var(--tw-sample)" },
]);
const ground = EditorView.theme({
  "&": { color: "var(--tblr-body-color)", backgroundColor: "var(--tblr-bg-surface)" },
  ".cm-content": { caretColor: "var(--tblr-body-color)" },
  ".cm-gutters": { color: "var(--tblr-secondary)", backgroundColor: "var(--tblr-bg-surface-secondary)", borderColor: "var(--tblr-border-color)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--tblr-primary) 10%, transparent)" },
  "&.cm-focused": { outline: "3px solid var(--tw-focus)" },
  ".cm-cursor": { borderLeftColor: "var(--tblr-body-color)" },
});

function place(state, line, column) {
  const row = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return Math.min(row.from + Math.max(column - 1, 0), row.to);
}

function marks(state, panel) {
  return [...panel.querySelectorAll("[data-finding]")].map((one) => {
    const from = place(state, Number(one.dataset.line), Number(one.dataset.column));
    const severity = { error: "error", warning: "warning" }[one.dataset.severity] ?? "info";
    return { from, to: Math.max(from, state.doc.lineAt(from).to), severity, message: one.querySelector("[data-message]").textContent };
  });
}

export function edit(area) {
  const follow = EditorView.updateListener.of((update) => {
    if (update.docChanged) {
      area.value = update.state.doc.toString();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  const label = area.labels[0]?.textContent.trim() ?? "";
  const view = new EditorView({
    doc: area.value,
    extensions: [
      basicSetup, yaml(), syntaxHighlighting(colours), ground, lintGutter(), follow, EditorState.readOnly.of(area.readOnly), EditorView.lineWrapping,
      EditorView.cspNonce.of(document.querySelector("meta[name=csp-nonce]")?.content ?? ""),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    ],
  });
  area.hidden = true;
  area.after(view.dom);
  const mark = () => view.dispatch(setDiagnostics(view.state, marks(view.state, document.getElementById("checks"))));
  mark();
  document.body.addEventListener("htmx:afterSettle", (event) => event.detail.target.id === "checks" && mark());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-go-line]");
    if (!link) return;
    event.preventDefault();
    const at = place(view.state, Number(link.dataset.goLine), Number(link.dataset.goColumn));
    view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
    view.focus();
  });
}
