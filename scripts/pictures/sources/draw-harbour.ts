/** Evening in a harbour: sky, hills, houses with lit windows, water with the sun's path, a boat with two people, heeling by some degrees. 1600×1067. */
export function drawHarbour(heel = 0): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1067" viewBox="0 0 1600 1067">
${definitions}
<rect width="1600" height="640" fill="url(#sky)"/>
<circle cx="430" cy="470" r="330" fill="url(#glow)"/><circle cx="430" cy="470" r="62" fill="#fff3cf"/>
<g fill="#fff" opacity=".5" filter="url(#soft)"><ellipse cx="980" cy="170" rx="330" ry="24"/><ellipse cx="1210" cy="215" rx="260" ry="18"/><ellipse cx="240" cy="130" rx="210" ry="15"/></g>
<path d="M0 560 Q180 430 380 520 T760 480 T1120 440 T1600 520 V640 H0Z" fill="#7d6f96"/>
<path d="M0 600 Q260 520 520 575 T1000 530 T1600 560 V640 H0Z" fill="#54507d"/>
${houses()}
<rect y="640" width="1600" height="427" fill="url(#sea)"/>
${waves()}
<path d="M0 640 H1600 V652 H0Z" fill="#2c2a4a" opacity=".7"/>
<g transform="rotate(${heel} 1120 880)">${boat}</g>
</svg>`;
}

const definitions = `<defs>
<linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#24386e"/><stop offset=".45" stop-color="#8b6fa8"/><stop offset=".75" stop-color="#f0936e"/><stop offset="1" stop-color="#ffd38a"/></linearGradient>
<linearGradient id="sea" x2="0" y2="1"><stop offset="0" stop-color="#d98c74"/><stop offset=".25" stop-color="#5c6391"/><stop offset="1" stop-color="#152545"/></linearGradient>
<radialGradient id="glow"><stop offset="0" stop-color="#fff0bf" stop-opacity=".9"/><stop offset="1" stop-color="#ff9d5c" stop-opacity="0"/></radialGradient>
<linearGradient id="hull" x2="0" y2="1"><stop offset="0" stop-color="#d8402f"/><stop offset="1" stop-color="#7c1d20"/></linearGradient>
<linearGradient id="sail" x2="1" y2="1"><stop offset="0" stop-color="#fffaf0"/><stop offset="1" stop-color="#d9c3a5"/></linearGradient>
<radialGradient id="skin" cx=".4" cy=".35"><stop offset="0" stop-color="#f7cfae"/><stop offset="1" stop-color="#c98d68"/></radialGradient>
<filter id="soft"><feGaussianBlur stdDeviation="12"/></filter>
</defs>`;

/** A row along the shore; sizes and colours follow from the place alone. */
function houses(): string {
  const walls = ['#c96f4a', '#e0b06a', '#8c4a4f', '#d9d2c0', '#5d7f8f', '#b5523c'];
  return Array.from({ length: 17 }, (_, index) => {
    const width = 58 + ((index * 37) % 44);
    const height = 78 + ((index * 53) % 92);
    const left = 660 + index * 56;
    const top = 640 - height;
    const roof = `<path d="M${left - 5} ${top} L${left + width / 2} ${top - 34} L${left + width + 5} ${top}Z" fill="#4a2f35"/>`;
    return `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${walls[index % walls.length]}"/>${roof}${windows(left, top, width, height, index)}`;
  }).join('');
}

function windows(left: number, top: number, width: number, height: number, house: number): string {
  const rows = Array.from({ length: Math.floor(height / 30) }, (_, row) => top + 10 + row * 28);
  const columns = Array.from({ length: Math.floor(width / 22) }, (_, column) => left + 8 + column * 20);
  return rows
    .flatMap((y, row) =>
      columns.map((x, column) => {
        const lit = (house * 7 + row * 3 + column * 5) % 4 < 2;
        return `<rect x="${x}" y="${y}" width="10" height="14" fill="${lit ? '#ffe9a3' : '#3a3350'}"/>`;
      }),
    )
    .join('');
}

/** Short strokes of light, nearer ones longer and further apart; the brightest below the sun. */
function waves(): string {
  return Array.from({ length: 260 }, (_, index) => {
    const depth = (index / 260) ** 1.6;
    const y = 652 + depth * 405;
    const underSun = index % 2 === 0;
    const x = underSun ? 430 + ((index * 67) % 200) * (0.4 + depth) - 40 - 80 * depth : (index * 211) % 1600;
    const length = (18 + ((index * 29) % 40)) * (0.6 + depth * 1.8);
    const colour = underSun ? '#ffe2ae' : '#8f9cc4';
    return `<path d="M${x - length / 2} ${y} q${length / 2} ${-2 - 5 * depth} ${length} 0 q${-length / 2} ${2 + 4 * depth} ${-length} 0" fill="${colour}" opacity="${underSun ? 0.75 : 0.35}"/>`;
  }).join('');
}

const boat = `<g transform="translate(1120 800)">
<ellipse cx="0" cy="132" rx="270" ry="22" fill="#0b1630" opacity=".55"/>
<path d="M-8 -420 H6 V60 H-8Z" fill="#6b4a35"/>
<path d="M16 -400 Q170 -180 200 20 H16Z" fill="url(#sail)"/><path d="M-18 -370 Q-120 -160 -170 20 H-18Z" fill="#f3e4cd"/>
<path d="M90 -230 l60 90 h-60z" fill="#2f6fb0"/>
<path d="M-250 50 H270 Q240 140 170 138 H-180 Q-230 130 -250 50Z" fill="url(#hull)"/><path d="M-250 50 H270 L265 64 H-246Z" fill="#fff2dc"/>
<g transform="translate(-96 -4)"><path d="M-40 56 Q-36 -4 0 -8 Q36 -4 40 56Z" fill="#27508a"/><circle cy="-42" r="36" fill="url(#skin)"/><path d="M-37 -48 Q-30 -88 4 -82 Q40 -80 37 -46 Q20 -66 -37 -48Z" fill="#3b2619"/><circle cx="-12" cy="-42" r="4" fill="#2a1a12"/><circle cx="13" cy="-42" r="4" fill="#2a1a12"/><path d="M-12 -24 Q2 -14 14 -25" stroke="#8e3f34" stroke-width="4" fill="none"/></g>
<g transform="translate(52 2)"><path d="M-36 50 Q-32 -2 0 -6 Q32 -2 36 50Z" fill="#e9b23c"/><circle cy="-38" r="33" fill="url(#skin)"/><path d="M-38 -50 Q0 -92 38 -50 L46 -44 H-46Z" fill="#f4f0e4"/><circle cx="-11" cy="-36" r="4" fill="#2a1a12"/><circle cx="12" cy="-36" r="4" fill="#2a1a12"/><path d="M-10 -20 Q1 -12 12 -21" stroke="#8e3f34" stroke-width="4" fill="none"/></g>
</g>`;
