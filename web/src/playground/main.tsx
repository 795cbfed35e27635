import { createRoot } from "react-dom/client";
import { Playground } from "./Playground.tsx";

const target = document.querySelector("#content");
if (target) createRoot(target).render(<Playground />);
