/** Functions of a page, as text: `backOf(element)` is its background, and `ratio` the contrast of two colours. */
export const contrast = `const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const over = ([r, g, b, a = 1], base) => [r, g, b].map((c, i) => c * a + base[i] * (1 - a));
  const page = over(channels(getComputedStyle(document.body).backgroundColor), [255, 255, 255]);
  const backOf = (element) => {
    const chain = [];
    for (let each = element; each !== null && each !== document.body; each = each.parentElement) chain.unshift(each);
    return chain.reduce((base, each) => over(channels(getComputedStyle(each).backgroundColor), base), page);
  };
  const ratio = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };`;
