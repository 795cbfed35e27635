import { mount } from "svelte";
import Awareness from "./Awareness.svelte";

const target = document.querySelector("#content");
if (target) mount(Awareness, { target });
