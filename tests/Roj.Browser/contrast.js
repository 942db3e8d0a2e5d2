// The texts on the page that stand out too little from what is behind them: computed, in whatever colour space the style is in.
(() => {
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const rgba = color => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = element => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const layer = rgba(getComputedStyle(one).backgroundColor);
      layers.push(layer);
      if (layer[3] === 1)
        break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const opacity = element => {
    let product = 1;
    for (let one = element; one; one = one.parentElement)
      product *= Number(getComputedStyle(one).opacity);
    return product;
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const faint = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const element = text.parentElement;
    const box = element.getBoundingClientRect();
    if (text.data.trim() === '' || !element.checkVisibility() || box.width <= 1 || element.closest('.far, title, noscript, .unseen'))
      continue;
    const style = getComputedStyle(element);
    const isDrawn = element instanceof SVGElement;
    const back = behind(element);
    const ink = rgba(isDrawn ? style.fill : style.color);
    ink[3] *= opacity(element);
    const [high, low] = [light(over(ink, back)), light(back)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5))
      faint.add(`${ratio.toFixed(2)} ${element.tagName}.${element.getAttribute('class') ?? ''} "${text.data.trim().slice(0, 40)}"`);
  }
  return JSON.stringify([...faint]);
})()
