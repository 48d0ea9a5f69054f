// What every part of the page uses: the data, numbers as text, small helpers for elements and axes.
'use strict';
var page = JSON.parse(document.getElementById('data').textContent);
var AXES = page.axes.length, MEASURES = page.measures.length, ROWS = page.rows.shown;

function axisIndex(row, axis) { return page.rows.points[row * AXES + axis]; }
function measured(row, measure) { return page.rows.values[row * MEASURES + measure]; }
var onFront = d3.range(ROWS).map(function() { return false; });
page.rows.front.forEach(function(row) { onFront[row] = true; });

// Axes whose every value is a number are drawn to scale, others as words.
page.axes.forEach(function(axis) {
  axis.numeric =
    axis.values.every(function(value) { return value.trim() !== '' && isFinite(+value); });
});

function withUnit(thing) {
  return thing.name + (thing.unit && thing.unit !== thing.name ? ' (' + thing.unit + ')' : '');
}
function count(n) { return d3.format(',d')(n); }
// At most seven significant digits, thousands grouped, nothing like 1e+6 below 1e15.
function number(value) {
  if (value === null || value === undefined || !isFinite(value)) return '\u2013';
  if (value === Math.round(value) && Math.abs(value) < 1e15) return d3.format(',d')(value);
  var size = Math.abs(value);
  if (size >= 1e6) return d3.format(',.0f')(value);
  if (size < 1e-4) return value.toExponential(2);
  return d3.format(',')(+value.toPrecision(5));
}
// Values of a measure below each other: as many decimals for all of them, five digits for the
// smallest.
page.measures.forEach(function(measure, m) {
  var values = d3.range(ROWS).map(function(row) { return measured(row, m); });
  var sizes =
    values.filter(function(value) { return value !== null && value !== 0; }).map(Math.abs);
  if (sizes.length === 0 || values.every(function(value) { return value === Math.round(value); }))
    return;
  var digits = Math.floor(Math.log(d3.min(sizes)) / Math.LN10);
  if (digits >= -4) measure.decimals = Math.max(0, Math.min(6, 4 - digits));
});
function measureText(value, measure) {
  var plain =
    measure.decimals === undefined || value === null || value === undefined || !isFinite(value);
  return plain ? number(value) : d3.format(',.' + measure.decimals + 'f')(value);
}
function tick(value) {
  var size = Math.abs(value);
  if (size >= 1e4)
    return String(+d3.formatPrefix(value).scale(value).toPrecision(4)) +
      d3.formatPrefix(value).symbol;
  return number(value);
}

// The better of two values of a measure comes first.
function compare(measure) {
  var sign = page.measures[measure].maximise ? -1 : 1;
  return function(a, b) { return sign * (measured(a, measure) - measured(b, measure)) || a - b; };
}

var main = d3.select('#page');
function section(title, text) {
  var part = main.append('section');
  part.append('h2').text(title);
  if (text) part.append('p').attr('class', 'soft').text(text);
  return part;
}
function selector(controls, label, options, chosen, changed) {
  var select = controls.append('label').text(label + ' ').append('select').on('change', function() {
    changed(+this.value);
  });
  select.selectAll('option')
    .data(options)
    .enter()
    .append('option')
    .attr('value', function(option) { return option.value; })
    .property('selected', function(option) { return option.value === chosen; })
    .text(function(option) { return option.text; });
}
function checkbox(controls, label, chosen, changed) {
  var box = controls.append('label');
  box.append('input').attr('type', 'checkbox').property('checked', chosen).on('change', function() {
    changed(this.checked);
  });
  box.append('span').text(' ' + label);
}
function drawing(parent, width, height, label) {
  return parent.append('svg')
    .attr('class', 'drawn' + (width > 900 ? ' wide' : ''))
    .attr('viewBox', '0 0 ' + width + ' ' + height)
    .attr('width', width)
    .attr('role', 'img')
    .attr('aria-label', label);
}

// A scale over the values, a little wider than they are; logarithmic where asked for and all are
// above 0.
function scaleOf(values, log, range) {
  var extent = d3.extent(values);
  if (extent[0] === undefined) extent = [0, 1];
  if (log && extent[0] > 0) {
    var factor = Math.max(1.02, Math.pow(extent[1] / extent[0], 0.04));
    return d3.scale.log().domain([extent[0] / factor, extent[1] * factor]).range(range);
  }
  var margin = (extent[1] - extent[0]) * 0.04 || Math.abs(extent[0]) * 0.04 || 1;
  return d3.scale.linear().domain([extent[0] - margin, extent[1] + margin]).range(range);
}
function logTicks(scale) {
  var domain = scale.domain(), all = scale.ticks(),
      decades = Math.log(domain[1] / domain[0]) / Math.LN10;
  var kept = all.filter(function(value) {
    var digit = Math.round(value / Math.pow(10, Math.floor(Math.log(value) / Math.LN10 + 1e-9)));
    return decades > 3 ? digit === 1
      : decades > 1.2  ? digit === 1 || digit === 2 || digit === 5
                       : true;
  });
  if (kept.length >= 2 && kept.length <= 10) return kept;
  return d3.scale.linear().domain(domain).ticks(5).filter(function(value) { return value > 0; });
}
// Both axes with grid and titles, inside a margin.
function frame(svg, x, y, box, titleX, titleY) {
  function axis(scale, orient, size) {
    var made = d3.svg.axis()
                 .scale(scale)
                 .orient(orient)
                 .tickFormat(tick)
                 .innerTickSize(-size)
                 .outerTickSize(0)
                 .tickPadding(7);
    return scale.base ? made.tickValues(logTicks(scale)) : made.ticks(6);
  }
  svg.append('g')
    .attr('class', 'axis grid')
    .attr('transform', 'translate(0,' + box.bottom + ')')
    .call(axis(x, 'bottom', box.bottom - box.top));
  svg.append('g')
    .attr('class', 'axis grid')
    .attr('transform', 'translate(' + box.left + ',0)')
    .call(axis(y, 'left', box.right - box.left));
  svg.append('text')
    .attr('x', (box.left + box.right) / 2)
    .attr('y', box.bottom + 40)
    .attr('text-anchor', 'middle')
    .text(titleX);
  svg.append('text')
    .attr('transform',
      'translate(' + (box.left - 58) + ',' + (box.top + box.bottom) / 2 + ')rotate(-90)')
    .attr('text-anchor', 'middle')
    .text(titleY);
}

var VIRIDIS = ['#440154', '#3b528b', '#21918c', '#5ec962', '#fde725'];
// From best to worst; the best stands out from the paper, dark or light.
function viridis() {
  return d3.scale.linear()
    .domain([0, 0.25, 0.5, 0.75, 1])
    .range(dark ? VIRIDIS.slice().reverse() : VIRIDIS)
    .clamp(true);
}
var scheme = window.matchMedia('screen and (prefers-color-scheme: dark)'), dark = scheme.matches,
    repaints = [];
function setDark(now) {
  if (now === dark) return;
  dark = now;
  repaints.forEach(function(repaint) { repaint(); });
}
scheme.addListener(function() { setDark(scheme.matches); });
window.addEventListener('beforeprint', function() { setDark(false); });
window.addEventListener('afterprint', function() { setDark(scheme.matches); });

var tip = d3.select('body').append('div').attr('id', 'tip');
function showTip(lines) {
  tip.style('display', 'block').selectAll('div').remove();
  lines.forEach(function(line) { tip.append('div').text(line); });
  var node = tip.node(), x = d3.event.clientX + 14, y = d3.event.clientY + 14;
  if (x + node.offsetWidth > window.innerWidth) x = d3.event.clientX - node.offsetWidth - 14;
  if (y + node.offsetHeight > window.innerHeight) y = d3.event.clientY - node.offsetHeight - 14;
  tip.style('left', x + 'px').style('top', y + 'px');
}
function hideTip() { tip.style('display', 'none'); }
function rowLines(row) {
  return page.measures
    .map(function(measure, m) { return withUnit(measure) + ': ' + number(measured(row, m)); })
    .concat(page.axes.map(function(
      axis, a) { return withUnit(axis) + ': ' + axis.values[axisIndex(row, a)]; }));
}

// Rows that the brushes keep; parts of the page listen to changes.
var kept = d3.range(ROWS).map(function() { return true; });
var listeners = [];
function keepRows(test) {
  for (var row = 0; row < ROWS; ++row) kept[row] = test(row);
  listeners.forEach(function(listener) { listener(); });
}
