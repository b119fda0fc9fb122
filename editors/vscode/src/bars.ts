/** How a bar is coloured. */
export type BarKind = "image" | "left-behind" | "unknown" | "none";

const SHADES = {
  light: { image: "#0969da", "left-behind": "#8c959f", track: "#d0d7de", unknown: "#6e7781" },
  dark: { image: "#4493f8", "left-behind": "#848d97", track: "#3d444d", unknown: "#9198a1" },
};

/**
 * A bar as an icon of 16 × 16, as a `data:` URI. `part` is from 0 to 1. It fills in sixteenths: icons are small, and so
 * there are few of them.
 */
export function bar(kind: BarKind, part: number, theme: "light" | "dark"): string {
  const shades = SHADES[theme];
  return `data:image/svg+xml;base64,${Buffer.from(drawing(kind, part, shades)).toString("base64")}`;
}

function drawing(kind: BarKind, part: number, shades: (typeof SHADES)["light"]): string {
  const svg = (body: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">${body}</svg>`;
  switch (kind) {
    case "none":
      return svg(`<circle cx="8" cy="8" r="1.5" fill="${shades.track}"/>`);
    case "unknown":
      return svg(
        `<rect x="0.5" y="4.5" width="15" height="7" rx="1.5" fill="none" stroke="${shades.unknown}" stroke-dasharray="2 2"/>`,
      );
    default: {
      const filled = part <= 0 ? 0 : Math.max(1, Math.round(Math.min(1, part) * 16));
      const track = `<rect x="0" y="4" width="16" height="8" rx="2" fill="${shades.track}" fill-opacity="0.55"/>`;
      return svg(`${track}<rect x="0" y="4" width="${filled}" height="8" rx="2" fill="${shades[kind]}"/>`);
    }
  }
}

/** A bar of eight characters, for where only words can stand: tooltips and screen readers' text excluded. */
export function blocks(part: number, width = 8): string {
  const eighths = Math.max(part > 0 ? 1 : 0, Math.round(Math.min(1, part) * width * 8));
  const full = Math.floor(eighths / 8);
  const rest = eighths % 8;
  return "█".repeat(full) + (rest === 0 ? "" : String.fromCharCode(0x2590 - rest));
}

/** A share of the image: `62 %`, `< 1 %`. */
export function percent(part: number): string {
  return part > 0 && part < 0.01 ? "< 1 %" : `${Math.round(part * 100)} %`;
}
