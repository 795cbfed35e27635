import { useGraphiQL } from "@graphiql/react";
import { useEffect, useState } from "react";
import { createPortal, flushSync } from "react-dom";

/** What is printed: the texts of the editors, which draw only the lines that the screen shows. */
export function Paper() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const responseEditor = useGraphiQL((state) => state.responseEditor);
  const [texts, setTexts] = useState<{ title: string; text: string }[]>([]);

  useEffect(() => {
    const editors = { Query: queryEditor, Variables: variableEditor, Answer: responseEditor };
    // Printing does not wait for a render.
    const write = () =>
      flushSync(() =>
        setTexts(Object.entries(editors).map(([title, editor]) => ({ title, text: editor?.getValue().trim() ?? "" }))),
      );
    addEventListener("beforeprint", write);
    return () => removeEventListener("beforeprint", write);
  }, [queryEditor, variableEditor, responseEditor]);

  const content = document.querySelector("#content");
  return (
    content &&
    createPortal(
      <div className="paper">
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
