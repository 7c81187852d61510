# Where the time of acknowledged records went: the mean produce latency of each producer, cut into the parts of a batch's way.
# In a directory of several results the bars of all stand side by side.
load scripts . '/style.gp'
rows = system("for f in latency/split.csv */latency/split.csv; do [ -f $f ] || continue; v=${f%latency/split.csv}; v=${v%/}; " . \
  "awk -F, -v v=\"$v\" 'NR > 1 { if ($1 != last) { if (last != \"\") print line; last = $1; line = (v == \"\" ? $1 : v \" \" $1) } line = line \",\" $4 } END { if (last != \"\") print line }' $f; done")
if (strlen(rows) == 0) exit
set print $bars
print rows
unset print
stats $bars using 0 nooutput
bars = STATS_records
array part[7] = ['waiting in the client', 'retries and back-off', 'network', "broker's queue", 'append', 'replication', 'purgatory']
sum(i) = i < 2 ? 0 : column(i) + sum(i - 1)
set output 'latency-split.' . format
set title heading font big
set xlabel 'mean produce latency (ms)' offset 0,0.3
set yrange [bars - 0.4:-0.6]
set xrange [0:*]
set grid xtics noytics lc rgb '#c8c8c8' lw 1.5
set lmargin 24
set bmargin 8
set key at screen 0.5, screen 0.02 bottom center horizontal maxrows 2 samplen 1 width 1 font small
set tmargin 4
set ytics scale 0
plot for [i = 2:8] $bars using (0):0:(sum(i - 1)):(sum(i)):($0 - 0.35):($0 + 0.35):ytic(1) with boxxyerror lc rgb colour(i - 1) title part[i - 1]
