import { useGraphiQL } from "@graphiql/react";
import { useEffect, useState } from "react";
import { createPortal, flushSync } from "react-dom";

/** The full texts of the editors for print, because an editor renders only the lines visible on screen. */
export function PrintView() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const responseEditor = useGraphiQL((state) => state.responseEditor);
  const [texts, setTexts] = useState<{ title: string; text: string }[]>([]);

  useEffect(() => {
    const editors = { Query: queryEditor, Variables: variableEditor, Response: responseEditor };
    // The browser prints right after the event, so the update must be synchronous.
    const update = () =>
      flushSync(() =>
        setTexts(Object.entries(editors).map(([title, editor]) => ({ title, text: editor?.getValue().trim() ?? "" }))),
      );
    addEventListener("beforeprint", update);
    return () => removeEventListener("beforeprint", update);
  }, [queryEditor, variableEditor, responseEditor]);

  const content = document.querySelector("#content");
  return (
    content &&
    createPortal(
      <div className="print-view">
        {texts
          .filter(({ text }) => text)
          .map(({ title, text }) => (
            <section key={title} aria-label={title}>
              <h2>{title}</h2>
              <pre>{text}</pre>
            </section>
          ))}
      </div>,
      content,
    )
  );
}
