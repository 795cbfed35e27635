/**
 * Moves the map behind the story to the part that the sentence in the middle of the window is about. The server has written
 * the sentences and the map, which can be read without this.
 */
export function startStory(story: HTMLElement): void {
  const camera = story.querySelector<SVGGElement>(".camera");
  const map = story.querySelector<SVGSVGElement>("svg.story-map");
  const steps = [...story.querySelectorAll<HTMLLIElement>(".story-steps > li")];
  if (!camera || !map) return;
  const { width, height } = map.viewBox.baseVal;

  const show = (step: HTMLLIElement) => {
    const [x = width / 2, y = height / 2, zoom = 1] = (step.dataset["camera"] ?? "").split(" ").map(Number);
    story.dataset["step"] = String(steps.indexOf(step) + 1);
    story.style.setProperty("--zoom", String(zoom));
    camera.style.transform = `translate(${width / 2 - zoom * x}px, ${height / 2 - zoom * y}px) scale(${zoom})`;
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) show(target as HTMLLIElement);
    },
    { rootMargin: "-50% 0px -50% 0px" },
  );
  for (const step of steps) observer.observe(step);
}
