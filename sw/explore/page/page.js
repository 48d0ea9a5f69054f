// The page from top to bottom.
function facts(parent, pairs) {
  var rows = parent.append('div')
               .attr('class', 'scroll')
               .append('table')
               .attr('class', 'facts')
               .selectAll('tr')
               .data(pairs)
               .enter()
               .append('tr');
  rows.append('td').text(function(pair) { return pair[0]; });
  rows.append('td').text(function(pair) { return pair[1]; });
}

function drawHead() {
  main.append('h1').text(page.title);
  if (page.summary) main.append('p').text(page.summary);
  var columns = main.append('div').attr('class', 'columns'), left = columns.append('div'),
      right = columns.append('div');
  facts(left, page.facts);
  var infeasible = d3.sum(page.infeasible, function(pair) { return pair[1]; });
  var counts = [];
  if (page.space_points) counts.push(['designs in the space', count(page.space_points)]);
  counts.push(
    ['evaluated', count(page.rows.total + infeasible)], ['feasible', count(page.rows.total)]);
  page.infeasible.forEach(function(pair) {
    counts.push(['not feasible: ' + pair[0], count(pair[1])]);
  });
  if (page.optimum !== null)
    counts.push(['true optimum, ' + withUnit(page.measures[0]), number(page.optimum)]);
  counts.push(['drawn below', page.rows.text]);
  facts(right, counts);
}

// The best rows in one measure; a click on a title sorts by it.
function drawBest() {
  var part = section('Best designs',
    ROWS === 0 ? 'No design is feasible.'
               : 'Orange number: on the Pareto front. A click on a title sorts by it.');
  if (ROWS === 0) return;
  var place = part.append('div').attr('class', 'scroll'),
      state = {column: AXES, down: page.measures[0].maximise};
  var columns = page.axes
                  .map(function(axis, a) {
                    return {
                      title: withUnit(axis),
                      numeric: axis.numeric,
                      text: function(row) { return axis.values[axisIndex(row, a)]; },
                      key: function(row) { return axisIndex(row, a); }
                    };
                  })
                  .concat(page.measures.map(function(measure, m) {
                    return {
                      title: withUnit(measure),
                      numeric: true,
                      measure: measure,
                      text: function(row) { return measureText(measured(row, m), measure); },
                      key: function(row) { return measured(row, m); }
                    };
                  }));
  function draw() {
    place.selectAll('*').remove();
    var key = columns[state.column].key, sign = state.down ? -1 : 1, best = compare(0);
    var rows = d3.range(ROWS)
                 .filter(function(row) { return kept[row]; })
                 .sort(function(a, b) { return sign * (key(a) - key(b)) || best(a, b); })
                 .slice(0, page.best_rows);
    var table = place.append('table');
    var head = table.append('thead').append('tr');
    head.append('th').attr('class', 'number').text('#');
    head.selectAll('th.sortable')
      .data(columns)
      .enter()
      .append('th')
      .attr('class',
        function(column, i) {
          return 'sortable' + (column.numeric ? ' number' : '') +
            (i === state.column ? ' sorted' + (state.down ? ' down' : '') : '');
        })
      .text(function(column) { return column.title; })
      .on('click', function(column, i) {
        state = {
          column: i,
          down: i === state.column ? !state.down : !!(column.measure && column.measure.maximise)
        };
        draw();
      });
    var lines = table.append('tbody').selectAll('tr').data(rows).enter().append('tr').attr(
      'class', function(row) { return onFront[row] ? 'front' : ''; });
    lines.append('td').attr('class', 'number').text(function(row, i) { return i + 1; });
    columns.forEach(function(column) {
      lines.append('td').attr('class', column.numeric ? 'number' : '').text(column.text);
    });
  }
  listeners.push(draw);
  draw();
}

function drawTables() {
  page.tables.forEach(function(table) {
    var place =
      section(table.title, table.text).append('div').attr('class', 'scroll').append('table');
    function numeric(column) {
      return table.rows.length > 0 &&
        table.rows.every(function(row) { return /^[-+]?[\d.,]+\s*%?$/.test(row[column] || ''); });
    }
    var right = table.header.map(function(title, i) { return numeric(i) ? 'number' : ''; });
    place.append('thead')
      .append('tr')
      .selectAll('th')
      .data(table.header)
      .enter()
      .append('th')
      .attr('class', function(title, i) { return right[i]; })
      .text(String);
    place.append('tbody')
      .selectAll('tr')
      .data(table.rows)
      .enter()
      .append('tr')
      .selectAll('td')
      .data(function(row) { return row; })
      .enter()
      .append('td')
      .attr('class', function(cell, i) { return right[i]; })
      .text(function(cell, i) { return right[i] && /^-?\d+$/.test(cell) ? count(+cell) : cell; });
  });
}

drawHead();
drawBest();
drawTables();
drawFront();
drawParallel();
drawHeat();
drawConvergence();
drawProxy();
if (page.space_text) section('The space').append('pre').text(page.space_text);
