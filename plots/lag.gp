# Lag of each group (thick), and of its partitions while they are few (thin).
load scripts . '/style.gp'
file = 'series/lag.csv'
columns = columns_of(file)
if (columns < 2) exit
load scripts . '/faults.gp'
set output 'lag.' . format
set ylabel 'lag (records)'
most = 1.0
do for [i = 2:columns] {
  stats file skip 1 using i nooutput
  if (STATS_max > most) { most = STATS_max }
}
set yrange [0:1.08 * most]
set format y '%.0f'
is_partition(i) = strstrt(name_of(file, i), ' ') > 0
wanted(i) = !is_partition(i) || columns <= 9
thick = ''
thin = ''
do for [i = 2:columns] {
  if (!is_partition(i)) { thick = thick . ' ' . i } else { if (columns > 3 && columns <= 9) { thin = thin . ' ' . i } }
}
plot for [n = 1:words(thin)] file skip 1 using 1:(column(pick(thin, n))) with lines lw 2 dt 3 lc rgb colour(n + words(thick)) title name_of(file, pick(thin, n)), \
     for [n = 1:words(thick)] file skip 1 using 1:(column(pick(thick, n))) with lines lw 4 lc rgb colour(n) title name_of(file, pick(thick, n))
