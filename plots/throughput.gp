# Records per second: handed over (grey, behind), acknowledged and delivered. Bursts far above what is sent are cut off.
load scripts . '/style.gp'
file = 'series/throughput.csv'
columns = columns_of(file)
if (columns < 2) exit
load scripts . '/faults.gp'
most = 0.0
burst = 0.0
sent = ''
other = ''
do for [i = 2:columns] {
  if (strstrt(name_of(file, i), ' sent') > 0) {
    sent = sent . ' ' . i
  } else {
    other = other . ' ' . i
  }
  # What is usual decides the height; what comes after a silence does not.
  stats file skip 1 using i nooutput
  if (STATS_up_quartile > most) { most = STATS_up_quartile }
  if (STATS_max > burst) { burst = STATS_max }
}
set output 'throughput.' . format
set ylabel 'records per second'
set format y '%.0f'
if (most > 0) { set yrange [0:2.5 * most] } else { set yrange [0:1<*] }
if (burst > 2.5 * most && most > 0) { set label 1 'bursts above are cut off' at graph 0.995, graph 0.96 right font small tc rgb '#555555' front }
shown = words(other) > 8 ? 8 : words(other)
plot for [n = 1:(words(sent) > 4 ? 4 : words(sent))] file skip 1 using 1:(column(pick(sent, n))) with lines lw 9 lc rgb '#bbbbbb' title name_of(file, pick(sent, n)), \
     for [n = 1:shown] file skip 1 using 1:(column(pick(other, n))) with lines lw 3 lc rgb colour(n) title name_of(file, pick(other, n))
