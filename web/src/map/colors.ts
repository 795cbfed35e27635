/** Resolves a token of src/styles/tokens.css to a color, for a canvas, which does not support custom properties. */
export type Colors = (token: string) => string;

/** Reads the colors of the current theme, or of the light theme for print and downloads. */
export function readColors(scheme?: "light"): Colors {
  const probe = document.createElement("span");
  probe.hidden = true;
  // In forced-colors mode the map would have only two colors and be unreadable.
  probe.style.setProperty("forced-color-adjust", "none");
  if (scheme) probe.className = `${scheme}-theme`;
  document.body.append(probe);
  const read = new Map<string, string>();
  const colors = (token: string) => {
    let color = read.get(token);
    if (color === undefined) {
      if (!probe.isConnected) document.body.append(probe);
      probe.style.color = `var(${token})`;
      color = getComputedStyle(probe).color;
      read.set(token, color);
      probe.remove();
    }
    return color;
  };
  return colors;
}
