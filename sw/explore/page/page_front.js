// Two measures (or an axis and a measure) of the shown designs, with the front in these two.
function drawFront() {
  if (ROWS === 0) return;
  var objectives = d3.range(MEASURES).filter(function(m) { return page.measures[m].objective; });
  var part = section('Trade-offs',
    objectives.length > 1
      ? 'Each dot is a design; the line joins those that no shown design beats in both of ' +
        'the two chosen measures. Orange: on the ' +
        'front of all objectives (' + count(page.rows.frontTotal) +
        ' designs, equal ones once). Ring: its ' +
        'knee, nearest to the best of every objective.'
      : 'Each dot is a design; orange: the best.');
  var controls = part.append('div').attr('class', 'controls');
  var choices =
    page.measures.map(function(measure, m) { return {value: m, text: withUnit(measure)}; });
  var axes = [];
  page.axes.forEach(function(axis, a) {
    if (axis.numeric && axis.values.length > 1)
      axes.push({value: MEASURES + a, text: withUnit(axis)});
  });
  var all = choices.concat(axes);
  var state = {
    x: objectives.length > 1 ? objectives[1]
      : axes.length          ? axes[0].value
                             : 0,
    y: objectives[0],
    log: true
  };
  selector(controls, 'across', all, state.x, function(value) {
    state.x = value;
    draw();
  });
  selector(controls, 'up', all, state.y, function(value) {
    state.y = value;
    draw();
  });
  checkbox(controls, 'logarithmic', state.log, function(value) {
    state.log = value;
    draw();
  });
  var place = part.append('div');
  listeners.push(draw);

  function valueOf(row, what) {
    return what < MEASURES ? measured(row, what)
                           : +page.axes[what - MEASURES].values[axisIndex(row, what - MEASURES)];
  }
  function title(what) {
    return what < MEASURES ? withUnit(page.measures[what]) : withUnit(page.axes[what - MEASURES]);
  }
  function sign(what) { return what < MEASURES && page.measures[what].maximise ? -1 : 1; }

  function stairs() {
    if (state.x >= MEASURES || state.y >= MEASURES || state.x === state.y) return [];
    var rows = d3.range(ROWS).sort(function(a, b) {
      return sign(state.x) * (valueOf(a, state.x) - valueOf(b, state.x)) ||
        sign(state.y) * (valueOf(a, state.y) - valueOf(b, state.y));
    });
    var least = Infinity;
    return rows.filter(function(row) {
      var value = sign(state.y) * valueOf(row, state.y);
      if (value >= least) return false;
      least = value;
      return true;
    });
  }

  function draw() {
    place.selectAll('svg').remove();
    var width = 1180, height = 520,
        box = {left: 84, right: width - 20, top: 14, bottom: height - 56};
    var svg = drawing(place, width, height, title(state.y) + ' against ' + title(state.x));
    var rows = d3.range(ROWS);
    var x = scaleOf(
      rows.map(function(row) { return valueOf(row, state.x); }), state.log, [box.left, box.right]);
    var y = scaleOf(
      rows.map(function(row) { return valueOf(row, state.y); }), state.log, [box.bottom, box.top]);
    frame(svg, x, y, box, title(state.x), title(state.y));
    function dots(some, radius) {
      svg.append('g')
        .selectAll('circle')
        .data(some)
        .enter()
        .append('circle')
        .attr('class',
          function(
            row) { return 'dot' + (onFront[row] ? ' on-front' : '') + (kept[row] ? '' : ' off'); })
        .attr('cx', function(row) { return x(valueOf(row, state.x)).toFixed(1); })
        .attr('cy', function(row) { return y(valueOf(row, state.y)).toFixed(1); })
        .attr('r', radius)
        .on('mousemove', function(row) { showTip(rowLines(row)); })
        .on('mouseout', hideTip);
    }
    dots(rows.filter(function(row) { return !onFront[row]; }), ROWS < 300 ? 4 : 2.5);
    var line = stairs();
    if (line.length > 1) {
      svg.append('path')
        .attr('class', 'stairs')
        .attr('d', d3.svg.line().interpolate('step-after')(line.map(function(row) {
          return [x(valueOf(row, state.x)), y(valueOf(row, state.y))];
        })));
    }
    dots(rows.filter(function(row) { return onFront[row]; }), 4);
    if (page.rows.knee !== null && objectives.length > 1) {
      svg.append('circle')
        .attr('class', 'knee')
        .attr('r', 9)
        .attr('cx', x(valueOf(page.rows.knee, state.x)))
        .attr('cy', y(valueOf(page.rows.knee, state.y)));
    }
  }
  draw();
}
