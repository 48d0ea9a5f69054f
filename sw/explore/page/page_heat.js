// Best value of a measure for each pair of values of two axes, over all evaluated designs.
function drawHeat() {
  if (page.heat.length === 0) return;
  var part = section('Two axes',
    'Each cell is the best of all evaluated designs with these two values, ' +
      'whatever their other axes. Empty: none is feasible, or none was evaluated.');
  var controls = part.append('div').attr('class', 'controls');
  var maps = page.heat.map(function(map, i) {
    return {
      value: i,
      text: page.axes[map.x].name + ' and ' + page.axes[map.y].name + ': ' +
        withUnit(page.measures[map.measure])
    };
  });
  var first = 0;  // the pair with the most cells, of the first measure
  page.heat.forEach(function(map, i) {
    if (map.measure === page.heat[0].measure && map.best.length > page.heat[first].best.length)
      first = i;
  });
  var RANK = 0, LOG = 1, state = {map: first, colours: RANK};
  selector(controls, 'axes', maps, first, function(value) {
    state.map = value;
    draw();
  });
  selector(controls, 'colours',
    [{value: RANK, text: 'by rank'}, {value: LOG, text: 'logarithmic'}, {value: 2, text: 'linear'}],
    RANK, function(value) {
      state.colours = value;
      draw();
    });
  var place = part.append('div').attr('class', 'drawn');

  // As much as a cell has room for.
  function cellText(value) {
    return Math.abs(value) >= 1e3 && Math.abs(value) < 1e6 ? d3.format(',.0f')(value) : tick(value);
  }

  function draw() {
    place.selectAll('*').remove();
    var map = page.heat[state.map], measure = page.measures[map.measure];
    var across = page.axes[map.x], up = page.axes[map.y], columns = across.values.length,
        rows = up.values.length;
    var values = map.best.filter(function(value) { return value !== null; }).sort(d3.ascending);
    var low = values[0], high = values[values.length - 1], log = state.colours === LOG && low > 0;
    function share(value) {
      if (high === low) return 0;
      var at = state.colours === RANK
        ? d3.bisectLeft(values, value) / Math.max(1, values.length - 1)
        : log ? Math.log(value / low) / Math.log(high / low)
              : (value - low) / (high - low);
      return measure.maximise ? 1 - at : at;
    }
    var left = 96, top = 12, cell = Math.max(3, Math.min(46, 1040 / columns, 560 / rows)),
        wide = Math.max(cell, Math.min(90, 520 / columns));
    if (columns > 24) wide = cell = Math.min(1040 / columns, 640 / rows);
    var width = left + wide * columns + 24, height = top + cell * rows + 54, colours = viridis();
    var svg = drawing(place, Math.max(width, 300), height,
      withUnit(measure) + ' by ' + across.name + ' and ' + up.name);
    svg.append('rect')
      .attr('x', left)
      .attr('y', top)
      .attr('width', wide * columns)
      .attr('height', cell * rows)
      .style('fill', 'var(--none)');
    svg.attr('shape-rendering', 'crispEdges');
    map.best.forEach(function(value, i) {
      if (value === null) return;
      svg.append('rect')
        .attr('x', (left + wide * (i % columns)).toFixed(2))
        .attr('y', (top + cell * (rows - 1 - Math.floor(i / columns))).toFixed(2))
        .attr('width', (wide + 0.3).toFixed(2))
        .attr('height', (cell + 0.3).toFixed(2))
        .attr('fill', colours(share(value)))
        .on('mousemove',
          function() {
            showTip([
              across.name + ' ' + across.values[i % columns] + ', ' + up.name + ' ' +
                up.values[Math.floor(i / columns)],
              withUnit(measure) + ': ' + number(value)
            ]);
          })
        .on('mouseout', hideTip);
      if (wide >= 52 && cell >= 22) {
        svg.append('text')
          .attr('x', left + wide * (i % columns + 0.5))
          .attr('y', top + cell * (rows - 0.5 - Math.floor(i / columns)) + 5)
          .attr('text-anchor', 'middle')
          .style('fill', share(value) > 0.6 !== dark ? '#111' : '#fff')
          .style('pointer-events', 'none')
          .text(cellText(value));
      }
    });
    function labels(axis, n, at) {  // as many as there is room for
      var step = Math.ceil(n / at);
      return d3.range(n).filter(function(
        i) { return i % step === 0 || i === n - 1 && n % step > step / 2; });
    }
    labels(across, columns, wide * columns / 44).forEach(function(i) {
      svg.append('text')
        .attr('class', 'tick-text')
        .attr('x', left + wide * (i + 0.5))
        .attr('y', top + cell * rows + 17)
        .attr('text-anchor', 'middle')
        .text(across.values[i]);
    });
    labels(up, rows, cell * rows / 18).forEach(function(i) {
      svg.append('text')
        .attr('class', 'tick-text')
        .attr('x', left - 7)
        .attr('y', top + cell * (rows - 0.5 - i) + 4)
        .attr('text-anchor', 'end')
        .text(up.values[i]);
    });
    svg.append('text')
      .attr('x', left + wide * columns / 2)
      .attr('y', top + cell * rows + 40)
      .attr('text-anchor', 'middle')
      .text(withUnit(across));
    svg.append('text')
      .attr(
        'transform', 'translate(' + (left - 58) + ',' + (top + cell * rows / 2) + ')rotate(-90)')
      .attr('text-anchor', 'middle')
      .text(withUnit(up));
    var best = measure.maximise ? high : low, worst = measure.maximise ? low : high;
    legendBar(
      place, 'best ' + number(best), number(worst) + (state.colours === RANK ? ' (by rank)' : ''));
  }
  repaints.push(draw);
  draw();
}
