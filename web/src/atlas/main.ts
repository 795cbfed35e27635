import { mount } from "svelte";
import Atlas from "./Atlas.svelte";

const target = document.querySelector("#content");
if (target) mount(Atlas, { target });
