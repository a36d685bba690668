/** A woman in a garden, left of the middle, with out-of-focus leaves and lights behind her. 1200×900. */
export function drawPortrait(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="900" viewBox="0 0 1200 900">
${definitions}
<rect width="1200" height="900" fill="url(#garden)"/>
<g filter="url(#far)">${bokeh()}</g>
${person}
</svg>`;
}

const definitions = `<defs>
<linearGradient id="garden" x2="1" y2="1"><stop offset="0" stop-color="#2d4a33"/><stop offset=".55" stop-color="#6f9155"/><stop offset="1" stop-color="#d9cf86"/></linearGradient>
<radialGradient id="face" cx=".38" cy=".36" r=".75"><stop offset="0" stop-color="#f9d6b8"/><stop offset=".6" stop-color="#e5b08a"/><stop offset="1" stop-color="#b97a57"/></radialGradient>
<linearGradient id="coat" x2="1" y2="1"><stop offset="0" stop-color="#2f5f8f"/><stop offset="1" stop-color="#173452"/></linearGradient>
<linearGradient id="hair" x2="1" y2="1"><stop offset="0" stop-color="#7a4526"/><stop offset="1" stop-color="#371c10"/></linearGradient>
<filter id="far" x="-.1" y="-.1" width="1.2" height="1.2"><feGaussianBlur stdDeviation="9"/></filter>
<filter id="near"><feGaussianBlur stdDeviation="5"/></filter>
</defs>`;

/** Discs of light and leaf; places and sizes follow from the number alone. */
function bokeh(): string {
  const colours = ['#f6e7a0', '#8fb866', '#c7d98a', '#4f7a44', '#fff6d0', '#e8b26a'];
  return Array.from({ length: 70 }, (_, index) => {
    const x = (index * 277) % 1240;
    const y = (index * 149) % 760;
    const radius = 18 + ((index * 31) % 46);
    return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${colours[index % colours.length]}" opacity="${0.25 + (index % 5) * 0.1}"/>`;
  }).join('');
}

const eye = (
  x: number,
) => `<g transform="translate(${x} 388)"><path d="M-34 4 Q0 -26 34 4 Q0 22 -34 4Z" fill="#fdf8f2"/><circle r="15" cy="-1" fill="#4a7a52"/><circle r="7" cy="-1" fill="#14110f"/><circle cx="5" cy="-6" r="4" fill="#fff"/>
<path d="M-36 2 Q0 -30 36 2" stroke="#3a2015" stroke-width="6" fill="none"/><path d="M-38 -36 Q0 -58 38 -34" stroke="#5a3220" stroke-width="9" fill="none" stroke-linecap="round"/></g>`;

const person = `<g transform="translate(30 20)">
<path d="M190 470 Q150 160 380 130 Q620 140 590 470 Q600 640 640 720 H150 Q200 610 190 470Z" fill="url(#hair)"/>
<path d="M40 900 Q80 690 300 660 H480 Q700 690 740 900Z" fill="url(#coat)"/>
<path d="M318 560 H462 L470 690 Q390 760 310 690Z" fill="#d39c77"/><path d="M300 664 L390 800 L480 664 L520 690 L400 880 H380 L262 690Z" fill="#f2efe6"/>
<ellipse cx="390" cy="410" rx="148" ry="190" fill="url(#face)"/>
<ellipse cx="296" cy="470" rx="42" ry="28" fill="#e98f78" opacity=".45" filter="url(#near)"/><ellipse cx="486" cy="470" rx="42" ry="28" fill="#e98f78" opacity=".45" filter="url(#near)"/>
${eye(330)}${eye(450)}
<path d="M388 400 Q376 460 366 478 Q388 494 412 478" stroke="#b3734f" stroke-width="6" fill="none" stroke-linecap="round"/>
<path d="M336 526 Q390 512 446 524 Q392 572 336 526Z" fill="#b8473f"/><path d="M336 526 Q390 536 446 524" stroke="#7d2b28" stroke-width="4" fill="none"/>
<path d="M238 420 Q230 230 390 222 Q300 262 272 360 Q256 400 238 420Z" fill="url(#hair)"/><path d="M390 222 Q552 232 544 424 Q530 330 470 270 Q430 236 390 222Z" fill="url(#hair)"/>
<circle cx="244" cy="484" r="9" fill="#f4d35e"/><circle cx="538" cy="484" r="9" fill="#f4d35e"/>
</g>`;
