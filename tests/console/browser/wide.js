// What makes the document scroll sideways.
const { scrollWidth, clientWidth } = document.documentElement;
if (scrollWidth <= clientWidth) return [];
const out = [...document.body.querySelectorAll("*")].filter((el) => shown(el) && el.getBoundingClientRect().right > clientWidth + 1);
return [`${scrollWidth} px of content in ${clientWidth} px`, ...out.slice(0, 10).map((el) => el.outerHTML.slice(0, 160))];
