/** The texts and data the examples of `pdf` are made from. */

export const handbook = `# Sailing school

Welcome aboard. This handbook says *what to bring*, **what you learn** and where to find us. It is short; the [timetable](#timetable) is on its own page.

## What to bring

- [x] Shoes with light soles
- [x] Something warm
- [ ] Your own lifejacket[^1]

[^1]: We lend them, in all sizes, for nothing.

> There is no bad weather, only bad clothing.

## The boat

\`\`\`js
// How close to the wind may she sail?
const angle = wind > 20 ? 50 : 45;
console.log(\`\${angle} degrees\`);
\`\`\`

<!-- pagebreak -->

## Timetable

| Day | Morning | Afternoon | Hours |
|:----|:--------|:----------|------:|
| Monday | Knots | On the quay | 5 |
| Tuesday | Wind and tide | Tacking | 6 |
| Wednesday | Right of way | Gybing | 6 |
| Thursday | Charts | Man overboard | 7 |
| Friday | ~~Examination~~ | Regatta | 8 |

![Hours on the water](chart.png)

### Who teaches

1. Ines, who sailed to the Azores
2. Piet
   1. on Mondays
   2. on Fridays
`;

export const letter = `# Dear Ada

thank you for your order. We send it on **Monday**, and write to you when it is on its way.

With kind regards

Ines
`;

export const languages = `# One sentence, many scripts

All human beings are born free and equal.

Все люди рождаются свободными и равными.

Όλοι οι άνθρωποι γεννιούνται ελεύθεροι.

人人生而自由,在尊严和权利上一律平等。

すべての人間は、生まれながらにして自由である。

모든 인간은 태어날 때부터 자유롭다.

يولد جميع الناس أحرارا متساوين في 1948.

כל בני אדם נולדו בני חורין.

มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน

सभी मनुष्यों को गौरव और अधिकार प्राप्त हैं।

Mixed: the word سلام means peace ✌️ 🕊️
`;

export const log = `12:00:01  start   harbour.jpg
12:00:02  decode  1600 x 1067
12:00:03  resize  320 x 213
12:00:04  done    9.1 kB
`;

/** Enough rows for a table that goes over the page. */
const days = Array.from({ length: 26 }, (_, day) => ({
  date: `2026-06-${String(day + 1).padStart(2, '0')}`,
  boats: 4 + ((day * 7) % 9),
  eur: 310.5 + ((day * 137) % 400),
}));

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'].map((name, month) => ({
  name,
  lessons: [4200, 5100, 7300, 9800, 12400, 15100][month],
  rent: [1800, 2100, 3900, 5200, 8100, 9900][month],
}));

export const sales = JSON.stringify({ year: 2026, school: { name: 'Sailing school', town: 'Faro' }, months, days });
