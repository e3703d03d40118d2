/** The empty page; its modules fill it in. */
export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>norewind</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/uPlot.css">
<link rel="stylesheet" href="/page.css">
<script src="/uPlot.js" defer></script>
<script src="/browser/main.js" type="module"></script>
</head>
<body>
<header>
<div><h1 id="title">norewind</h1><p id="folder"></p></div>
<p id="state" data-state="connecting" role="status">connecting</p>
</header>
<dl id="figures"></dl>
<main>
<section class="wide" id="loss"><h2>Score</h2></section>
<section class="wide" id="trail"><h2>Latest predictions</h2></section>
<section id="gradient"><h2>Norm of the gradient estimate</h2></section>
<section id="influence"><h2>Norm of the influence</h2></section>
<section class="wide" id="rate"><h2>Speed</h2></section>
</main>
<noscript><p>This page draws its charts with JavaScript, which is switched off here.</p></noscript>
</body>
</html>
`;

/** A falling curve. */
export const pageIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#2f5fd0"/>
<path d="M6 7c3 12 7 16 20 17" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/>
</svg>
`;
