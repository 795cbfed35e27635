/** The colours of the tokens of src/styles/tokens.css, for a canvas, which knows no custom properties. */
export type Colours = (token: string) => string;

/** The tokens as the theme shows them now; light in any case where `scheme` says so, as for print and downloads. */
export function readColours(scheme?: "light"): Colours {
  const probe = document.createElement("span");
  probe.hidden = true;
  // Where the system forces its colours, a map of two would show nothing.
  probe.style.setProperty("forced-color-adjust", "none");
  if (scheme) probe.className = `${scheme}-theme`;
  document.body.append(probe);
  const read = new Map<string, string>();
  const colours = (token: string) => {
    let colour = read.get(token);
    if (colour === undefined) {
      if (!probe.isConnected) document.body.append(probe);
      probe.style.color = `var(${token})`;
      colour = getComputedStyle(probe).color;
      read.set(token, colour);
      probe.remove();
    }
    return colour;
  };
  return colours;
}
