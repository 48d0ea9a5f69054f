// How fast each search came near the optimum; how the proxy learned and what it is worth.
function colourOf(i) { return 'var(--c' + i % 6 + ')'; }

function legendOf(svg, names, x, y) {
  names.forEach(function(name, i) {
    svg.append('line')
      .attr('x1', x)
      .attr('x2', x + 26)
      .attr('y1', y + 20 * i)
      .attr('y2', y + 20 * i)
      .style('stroke', name.colour)
      .attr('stroke-width', 2.5)
      .attr('stroke-dasharray', name.dash || null);
    svg.append('text').attr('x', x + 33).attr('y', y + 4.5 + 20 * i).text(name.text);
  });
}

var LEAST_GAP = 0.01;  // percent: what is nearer is drawn there, as a logarithm has no 0

function drawConvergence() {
  if (page.curves.length === 0) return;
  var measure = page.measures[0], optimum = page.optimum,
      state = {gap: optimum !== null && optimum !== 0};
  var part = section('Convergence',
    'Best ' + withUnit(measure) + ' found so far against distinct designs evaluated' +
      (optimum === null ? '.'
                        : '. The true optimum is ' + number(optimum) + '; gaps of ' + LEAST_GAP +
            ' % and less are drawn at the dashed line.'));
  if (state.gap) {
    checkbox(
      part.append('div').attr('class', 'controls'), 'as gap to the optimum', true, function(value) {
        state.gap = value;
        draw();
      });
  }
  var place = part.append('div');
  var methods = d3.set(page.curves.map(function(curve) { return curve.method; })).values();

  function height(value) {
    return state.gap ? Math.max(LEAST_GAP, 100 * Math.abs(value / optimum - 1)) : value;
  }
  function draw() {
    place.selectAll('svg').remove();
    var width = 1180, tall = 420, box = {left: 84, right: width - 20, top: 14, bottom: tall - 56};
    var svg = drawing(place, width, tall, 'convergence of the search methods');
    var values = optimum === null ? [] : [height(optimum)], counts = [];
    page.curves.forEach(function(curve) {
      curve.best.forEach(function(pair) {
        values.push(height(pair[1]));
        counts.push(pair[0]);
      });
      counts.push(curve.end);
    });
    var x = scaleOf(counts, true, [box.left, box.right]),
        y = scaleOf(values, true, [box.bottom, box.top]);
    frame(svg, x, y, box, 'designs evaluated',
      state.gap ? 'gap to the optimum (%)' : withUnit(measure));
    if (optimum !== null) {
      var at = y(height(optimum));
      svg.append('line')
        .attr('class', 'optimum')
        .attr('x1', box.left)
        .attr('x2', box.right)
        .attr('y1', at)
        .attr('y2', at);
    }
    page.curves.forEach(function(curve) {
      if (curve.best.length === 0) return;
      var points = curve.best.concat([[curve.end, curve.best[curve.best.length - 1][1]]]);
      svg.append('path')
        .attr('class', 'curve')
        .style('stroke', colourOf(methods.indexOf(curve.method)))
        .attr('d',
          d3.svg.line().interpolate('step-after').x(function(p) { return x(p[0]); }).y(function(p) {
            return y(height(p[1]));
          })(points))
        .append('title')
        .text(curve.method + ', seed ' + curve.seed);
    });
    legendOf(svg, methods.map(function(method, i) {
      var seeds = page.curves.filter(function(curve) { return curve.method === method; });
      return {
        text: method +
          (seeds.length === 1 ? ', seed ' + seeds[0].seed : ', ' + seeds.length + ' seeds'),
        colour: colourOf(i)
      };
    }),
      box.right - 190, box.top + 16);
  }
  draw();
}

function drawProxy() {
  var proxy = page.proxy;
  if (!proxy) return;
  var part = section('Proxy', proxy.text);
  var columns = part.append('div').attr('class', 'columns');
  var width = 580, height = 400, box = {left: 84, right: width - 16, top: 14, bottom: height - 56};
  drawLosses(columns.append('div'));
  if (proxy.pairs.length > 0) drawPairs(columns.append('div'));
  var percent = function(share) { return number(+(100 * share).toPrecision(3)) + ' %'; };
  facts(part, [
    ['rows trained on, watched', count(proxy.trainingRows) + ', ' + count(proxy.validationRows)],
    [
      'training',
      number(proxy.seconds) + ' s, best epoch ' + (proxy.bestEpoch + 1) + ' of ' +
        proxy.training.length
    ],
    [
      'relative error',
      'mean ' + percent(proxy.mean) + ', median ' + percent(proxy.median) + ', 95 % below ' +
        percent(proxy.p95) + ', worst ' + percent(proxy.worst)
    ],
    ['within 1 %', percent(proxy.within) + ' of ' + count(proxy.rows) + ' designs'],
    ['a prediction', number(proxy.microseconds) + ' \u00b5s']
  ]);

  function drawLosses(place) {
    var svg = drawing(place, width, height, 'losses');
    var epochs = d3.range(1, proxy.training.length + 1);
    var x = scaleOf(epochs, false, [box.left, box.right]),
        y = scaleOf(proxy.training.concat(proxy.validation), true, [box.bottom, box.top]);
    frame(svg, x, y, box, 'epoch', 'loss (scaled logarithm squared)');
    [proxy.training, proxy.validation].forEach(function(losses, i) {
      svg.append('path')
        .attr('class', 'curve')
        .style('stroke', colourOf(i))
        .attr('d', d3.svg.line().x(function(loss, e) { return x(e + 1); }).y(function(loss) {
          return y(loss);
        })(losses));
    });
    svg.append('line')
      .attr('class', 'optimum')
      .attr('y1', box.top)
      .attr('y2', box.bottom)
      .attr('x1', x(proxy.bestEpoch + 1))
      .attr('x2', x(proxy.bestEpoch + 1));
    legendOf(svg,
      [
        {text: 'training', colour: colourOf(0)}, {text: 'validation', colour: colourOf(1)},
        {text: 'weights kept', colour: 'var(--ink)', dash: '5 4'}
      ],
      box.right - 140, box.top + 16);
  }
  function drawPairs(place) {
    var svg = drawing(place, width, height, 'predicted and exact');
    var both = d3.merge(proxy.pairs);
    var x = scaleOf(both, true, [box.left, box.right]),
        y = scaleOf(both, true, [box.bottom, box.top]);
    frame(svg, x, y, box, 'exact ' + withUnit(page.measures[0]), 'predicted');
    svg.append('g')
      .selectAll('circle')
      .data(proxy.pairs)
      .enter()
      .append('circle')
      .attr('r', 2)
      .style('fill', colourOf(0))
      .style('fill-opacity', 0.5)
      .attr('cx', function(pair) { return x(pair[1]).toFixed(1); })
      .attr('cy', function(pair) { return y(pair[0]).toFixed(1); });
    var domain = x.domain();
    svg.append('line')
      .attr('class', 'optimum')
      .attr('x1', x(domain[0]))
      .attr('y1', y(domain[0]))
      .attr('x2', x(domain[1]))
      .attr('y2', y(domain[1]));
  }
}
