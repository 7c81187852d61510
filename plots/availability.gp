# A strip for each partition: who leads, and whether enough replicas are in sync.
file = 'series/availability.csv'
partitions = (int(system("head -n 1 " . file . " | tr ',' '\n' | wc -l")) - 1) / 3
if (partitions < 1) exit
shown = partitions > 24 ? 24 : partitions
# Few strips need no whole slide.
height = shown > 7 ? 1.0 : 0.45 + 0.08 * shown
load scripts . '/style.gp'
load scripts . '/faults.gp'
set output 'availability.' . format
name(p) = name_of(file, 3 * p - 1)[1:strlen(name_of(file, 3 * p - 1)) - 6]
set yrange [shown + 0.6:0.4]
set ytics () scale 0
do for [p = 1:shown] { set ytics add (name(p) p) }
unset grid
state_colour(state) = state == 3 ? 0x009E73 : state == 2 ? 0xF0E442 : state == 1 ? 0xE69F00 : 0xD55E00
array leader[shown]
do for [p = 1:shown] { leader[p] = '?' }
half = 0.38
before = 0.0
previous(t) = (was = before, before = t, was > t ? 0 : was)
said(p, id) = leader[p] eq id ? '' : (leader[p] = id, strlen(id) > 0 ? 'leader ' . id : 'no leader')
plot for [p = 1:shown] file skip 1 using 1:(p):(previous($1)):($1 + 0.001 * last_time):(p - half):(p + half):(state_colour(column(3 * p - 1))) with boxxyerror fc rgb variable, \
     for [p = 1:shown] file skip 1 using 1:(p):(said(p, strcol(3 * p))) with labels left font (shown > 12 ? tiny : small) tc rgb '#000000' offset 0.2,0, \
     keyentry with boxes fc rgb '#009E73' title 'all in sync', \
     keyentry with boxes fc rgb '#F0E442' title 'under-replicated', \
     keyentry with boxes fc rgb '#E69F00' title 'under min.insync.replicas', \
     keyentry with boxes fc rgb '#D55E00' title 'no leader'
