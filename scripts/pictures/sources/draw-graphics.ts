/** Pictures that are no photographs: a logo with transparency, and a chart of flat colours. */

/** A compass rose and a word, 480×240, on clear ground. */
export function drawLogo(): string {
  const ray = (degrees: number, length: number, colour: string) =>
    `<path transform="rotate(${degrees} 120 120)" d="M120 ${120 - length} L138 120 H102Z" fill="${colour}"/>`;
  const rays = [45, 135, 225, 315].map((degrees) => ray(degrees, 70, '#e9b23c')).join('');
  const points = [0, 90, 180, 270].map((degrees) => ray(degrees, 104, '#ffffff')).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="240" viewBox="0 0 480 240">
<circle cx="120" cy="120" r="112" fill="#17406b"/><circle cx="120" cy="120" r="96" fill="none" stroke="#fff" stroke-width="5"/>${rays}${points}<circle cx="120" cy="120" r="16" fill="#d8402f"/>
<g fill="#fff" stroke="#17406b" stroke-width="6" stroke-linejoin="round" paint-order="stroke"><path d="M262 70h26l32 52 32-52h26v100h-28v-54l-22 38h-16l-22-38v54h-28z"/><path d="M398 70h68v26h-40v14h34v24h-34v36h-28z"/></g>
</svg>`;
}

/** Bars over four quarters, 960×600. */
export function drawChart(): string {
  const heights = [180, 260, 210, 390, 320, 240, 430, 350, 290, 470, 380, 330];
  const colours = ['#17406b', '#d8402f', '#e9b23c'];
  const bars = heights.map((height, index) => {
    const left = 110 + Math.floor(index / 3) * 210 + (index % 3) * 54;
    return `<rect x="${left}" y="${540 - height}" width="46" height="${height}" fill="${colours[index % 3]}"/>`;
  });
  const lines = [140, 240, 340, 440].map((y) => `<path d="M80 ${y}H930" stroke="#d5d9e0" stroke-width="2"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="600" viewBox="0 0 960 600"><rect width="960" height="600" fill="#fff"/>
${lines.join('')}${bars.join('')}<path d="M80 60V540H930" fill="none" stroke="#333" stroke-width="4"/></svg>`;
}
