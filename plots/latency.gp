# Produce latency over time: median, 99th percentile and maximum of the records acknowledged in each interval.
load scripts . '/style.gp'
file = 'series/latency.csv'
columns = columns_of(file)
if (columns < 2) exit
load scripts . '/faults.gp'
set output 'latency.' . format
set logscale y
set ylabel 'produce latency (ms)'
set format y '%g'
producers = (columns - 1) / 3
shown = producers > 4 ? 4 : producers
name(p) = name_of(file, 3 * p - 1)[1:strlen(name_of(file, 3 * p - 1)) - 7]
# One producer: a colour for each percentile; several: a colour for each producer, the percentile by line.
hue(p, k) = shown == 1 ? colour(k == 1 ? 3 : k == 2 ? 1 : 2) : colour(p)
dash(k) = shown == 1 || k == 2 ? 1 : k == 1 ? 3 : 2
measured(i) = column(i)
plot for [p = 1:shown] for [k = 1:3] file skip 1 using 1:(measured(3 * p - 2 + k)) with linespoints \
  lw (k == 2 ? 3 : 2) dt dash(k) pt 7 ps 0.35 lc rgb hue(p, k) \
  title (shown == 1 ? '' : name(p) . ' ') . word('p50 p99 max', k)
