import { mount } from "svelte";
import Figures from "./Figures.svelte";

const target = document.querySelector("#content");
if (target) mount(Figures, { target });
