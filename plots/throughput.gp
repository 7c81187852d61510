# Records per second: handed over (dashed), acknowledged and delivered. Bursts far above what is sent are cut off.
load scripts . '/style.gp'
file = 'series/throughput.csv'
columns = columns_of(file)
if (columns < 2) exit
load scripts . '/faults.gp'
most = 0.0
sent = ''
other = ''
do for [i = 2:columns] {
  if (strstrt(name_of(file, i), ' sent') > 0) {
    sent = sent . ' ' . i
    stats file skip 1 using i nooutput
    if (STATS_max > most) { most = STATS_max }
  } else {
    other = other . ' ' . i
  }
}
set output 'throughput.' . format
set ylabel 'records per second'
set format y "%'.0f"
if (most > 0) { set yrange [0:2.5 * most] } else { set yrange [0:*] }
shown = words(other) > 8 ? 8 : words(other)
plot for [n = 1:shown] file skip 1 using 1:(column(pick(other, n))) with lines lw 3 lc rgb colour(n) title name_of(file, pick(other, n)), \
     for [n = 1:(words(sent) > 4 ? 4 : words(sent))] file skip 1 using 1:(column(pick(sent, n))) with lines lw 2 dt 2 lc rgb '#000000' title name_of(file, pick(sent, n))
