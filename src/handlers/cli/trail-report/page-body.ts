/** What stands in the page before the script fills it. Nothing here comes from a log. */
export const pageBody = `<a class="skip" href="#matches">Skip to the matches</a>
<header>
<h1>CloudTrail report</h1>
<noscript><p class="warning">This page is filled by its own script, which the browser was told not to run.</p></noscript>
<div id="warnings"></div>
<dl id="summary"></dl>
</header>
<main>
<form id="filters" class="screen" role="search" aria-label="Filters">
<label>Text <input type="search" id="filter-text" autocomplete="off"></label>
<label>From (UTC) <input type="datetime-local" id="filter-from" step="1"></label>
<label>To (UTC) <input type="datetime-local" id="filter-to" step="1"></label>
<button type="button" id="clear">Clear all filters</button>
</form>
<p id="status" role="status"></p>
<section aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
<div id="timeline"></div>
<details class="screen"><summary>The same as a table</summary>
<table aria-labelledby="timeline-title"><thead><tr><th scope="col">Begin (UTC)</th><th scope="col" class="number">Matches</th></tr></thead>
<tbody id="timeline-rows"></tbody></table></details>
</section>
<section aria-labelledby="facets-title">
<h2 id="facets-title">Who, what, from where</h2>
<p class="quiet screen">Choose values to see only these everywhere on the page; several of one list mean any of them.</p>
<div id="facets"></div>
</section>
<section aria-labelledby="matches-title">
<h2 id="matches-title">Matches</h2>
<div id="matches" class="wide" role="region" aria-labelledby="matches-title" tabindex="0">
<table aria-labelledby="matches-title"><thead><tr id="match-columns"><th scope="col" id="match-time"></th><th scope="col">Severity</th><th scope="col">Rules</th></tr></thead>
<tbody id="match-rows"></tbody></table>
</div>
<div id="pager" class="screen"><span id="page-place" role="status"></span></div>
</section>
<section id="failures" aria-labelledby="failures-title" hidden>
<h2 id="failures-title">Failed files</h2>
<div class="wide" role="region" aria-labelledby="failures-title" tabindex="0">
<table aria-labelledby="failures-title"><thead><tr><th scope="col">File</th><th scope="col">Why</th></tr></thead>
<tbody id="failure-rows"></tbody></table>
</div>
<p id="failures-rest"></p>
</section>
<section aria-labelledby="rules-title">
<h2 id="rules-title">Rules, with all their matches</h2>
<p class="quiet">No filter changes this list.</p>
<div class="wide" role="region" aria-labelledby="rules-title" tabindex="0">
<table aria-labelledby="rules-title"><thead><tr><th scope="col">Severity</th><th scope="col">Rule</th><th scope="col" class="number">Matches</th><th scope="col">References</th></tr></thead>
<tbody id="rule-rows"></tbody></table>
</div>
<p id="rules-rest"></p>
</section>
</main>`;
