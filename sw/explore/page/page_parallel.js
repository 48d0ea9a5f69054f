// Parallel coordinates: a vertical line for each axis and measure, a thread for each shown design.
// Brushes keep designs.
function drawParallel() {
  if (ROWS === 0) return;
  var part = section('All axes at once',
    'Each thread is a design, coloured by the chosen measure, best on top. ' +
      'Drag along a vertical line to keep a range, click it to let go; ' +
      'table and dots above follow.');
  var controls = part.append('div').attr('class', 'controls');
  var colour = {measure: 0};
  selector(controls, 'colour',
    page.measures.map(function(measure, m) { return {value: m, text: withUnit(measure)}; }), 0,
    function(value) {
      colour.measure = value;
      paint();
      legend();
    });
  controls.append('button').text('let go of all').on('click', clear);
  var told = controls.append('span').attr('class', 'soft');

  var width = 1180, height = 430, top = 52, bottom = height - 22, left = 56, right = width - 56;
  var place = part.append('div').attr('class', 'layered drawn');
  var canvas = place.append('canvas').attr('width', 2 * width).attr('height', 2 * height);
  var svg = drawing(place, width, height, 'parallel coordinates');

  var dimensions = [];
  page.axes.forEach(function(axis, a) {
    if (axis.values.length < 2) return;
    var scale = axis.numeric && axis.values.length > 12
      ? d3.scale.linear().domain(d3.extent(axis.values, Number)).range([bottom, top])
      : d3.scale.ordinal().domain(axis.values).rangePoints([bottom, top]);
    dimensions.push({
      title: axis.name,
      unit: axis.unit,
      scale: scale,
      value: function(row) {
        var label = axis.values[axisIndex(row, a)];
        return scale(scale.rangePoints ? label : +label);
      }
    });
  });
  page.measures.forEach(function(measure, m) {
    var values = d3.range(ROWS).map(function(row) { return measured(row, m); });
    var scale = scaleOf(values, d3.max(values) > 20 * d3.min(values), [bottom, top]);
    dimensions.push({
      title: measure.name,
      unit: measure.unit,
      scale: scale,
      measure: true,
      value: function(row) { return scale(measured(row, m)); }
    });
  });
  dimensions.forEach(function(dimension, i) {
    dimension.x =
      dimensions.length > 1 ? left + (right - left) * i / (dimensions.length - 1) : width / 2;
    dimension.y = d3.range(ROWS).map(dimension.value);
  });

  var groups =
    svg.selectAll('g.dimension')
      .data(dimensions)
      .enter()
      .append('g')
      .attr('class', 'dimension axis')
      .attr('transform', function(dimension) { return 'translate(' + dimension.x + ',0)'; });
  groups.each(function(dimension) {
    var axis = d3.svg.axis().scale(dimension.scale).orient('left').outerTickSize(0).tickSize(4);
    if (dimension.scale.base)
      axis.tickValues(logTicks(dimension.scale)).tickFormat(tick);
    else if (!dimension.scale.rangePoints)
      axis.ticks(6).tickFormat(tick);
    d3.select(this).call(axis);
    d3.select(this)
      .selectAll('.tick text')
      .style('paint-order', 'stroke')
      .style('stroke', 'var(--paper)')
      .style('stroke-width', '4px');
    dimension.brush = d3.svg.brush()
                        .y(d3.scale.linear().domain([top, bottom]).range([top, bottom]))
                        .on('brush', brushed);
    d3.select(this)
      .append('g')
      .attr('class', 'brush')
      .call(dimension.brush)
      .selectAll('rect')
      .attr('x', -9)
      .attr('width', 18);
  });
  groups.append('text')
    .attr('y', top - 32)
    .attr('text-anchor', 'middle')
    .style('font-weight', 600)
    .text(function(dimension) { return dimension.title; });
  groups.append('text')
    .attr('class', 'tick-text')
    .attr('y', top - 16)
    .attr('text-anchor', 'middle')
    .text(function(dimension) {
      return dimension.unit && dimension.unit !== dimension.title ? dimension.unit : '';
    });

  var key = part.append('div').attr('class', 'drawn');
  function rank() {  // of every row in the chosen measure, 0 best to 1 worst
    var order = d3.range(ROWS).sort(compare(colour.measure)), ranks = [];
    order.forEach(function(row, i) { ranks[row] = ROWS > 1 ? i / (ROWS - 1) : 0; });
    return {order: order, ranks: ranks};
  }
  function legend() {
    key.selectAll('*').remove();
    legendBar(key, 'best ' + page.measures[colour.measure].name, 'worst (by rank)');
  }
  function paint() {
    var context = canvas.node().getContext('2d'), colours = viridis(), ranked = rank();
    context.setTransform(2, 0, 0, 2, 0, 0);
    context.clearRect(0, 0, width, height);
    context.lineWidth = 1;
    for (var i = ROWS - 1; i >= 0; --i) {
      var row = ranked.order[i];
      if (!kept[row]) continue;
      context.globalAlpha = ranked.ranks[row] < 0.02 ? 0.8 : Math.min(0.6, 500 / ROWS + 0.05);
      context.strokeStyle = colours(ranked.ranks[row]);
      context.beginPath();
      for (var d = 0; d < dimensions.length; ++d)
        context.lineTo(dimensions[d].x, dimensions[d].y[row]);
      context.stroke();
    }
    var number = kept.filter(function(keep) { return keep; }).length;
    told.text(
      number === ROWS ? '' : count(number) + ' of ' + count(ROWS) + ' shown designs are kept');
  }
  function brushed() {
    var active = dimensions.filter(function(dimension) { return !dimension.brush.empty(); });
    keepRows(function(row) {
      return active.every(function(dimension) {
        var extent = dimension.brush.extent();
        return dimension.y[row] >= extent[0] && dimension.y[row] <= extent[1];
      });
    });
  }
  function clear() {
    groups.each(function(
      dimension) { d3.select(this).select('.brush').call(dimension.brush.clear()); });
    brushed();
  }
  listeners.push(paint);
  repaints.push(paint, legend);
  paint();
  legend();
}

// A bar of colours with a text at each end.
function legendBar(parent, from, to) {
  var svg = drawing(parent, 520, 34, from + ' to ' + to), colours = viridis();
  for (var i = 0; i < 100; ++i) {
    svg.append('rect')
      .attr('x', 150 + 2 * i)
      .attr('y', 8)
      .attr('width', 2.5)
      .attr('height', 14)
      .attr('fill', colours(i / 99));
  }
  svg.append('text').attr('x', 142).attr('y', 20).attr('text-anchor', 'end').text(from);
  svg.append('text').attr('x', 358).attr('y', 20).text(to);
}
