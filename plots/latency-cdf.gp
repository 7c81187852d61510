# Latency by percentile (HdrHistogram's view of the cumulative distribution): how bad it is for how many.
# In a directory of several results their curves stand side by side.
load scripts . '/style.gp'
files = system("ls latency/*.hgrm */latency/produce.*.hgrm 2>/dev/null | tr '\n' ' '")
# Only distributions that hold values.
used = ''
do for [i = 1:words(files)] {
  if (int(system("grep -vc '^#\\|Value\\|^$' " . word(files, i))) > 0) { used = used . ' ' . word(files, i) }
}
if (words(used) == 0) exit
set datafile separator whitespace
set output 'latency-cdf.' . format
set title heading font big
set logscale xy
set format y '%g'
set xlabel 'percentile' offset 0,0.3
set ylabel 'latency (ms)'
set grid xtics ytics lc rgb '#c8c8c8' lw 1.5
set yrange [*:*] noextend
set tmargin 4
set rmargin 8
set xtics ('0 %%' 1, '50 %%' 2, '90 %%' 10, '99 %%' 100, '99.9 %%' 1000, '99.99 %%' 10000, '99.999 %%' 100000, '99.9999 %%' 1000000)
# "acks-1/latency/produce.checkout.hgrm" -> "acks-1 produce checkout"
label(file) = system("echo " . file . " | sed -e 's,latency/,,' -e 's,/, ,' -e 's,\\.hgrm$,,' -e 's,end_to_end\\.,end-to-end ,' -e 's,produce\\.,produce ,'")
dash(i) = strstrt(word(used, i), 'end_to_end') > 0 ? 2 : 1
shown = words(used) > 8 ? 8 : words(used)
plot for [i = 1:shown] word(used, i) using ($2 < 1 ? 1 / (1 - $2) : NaN):($1 > 0 ? $1 : NaN) with lines lw 4 lc rgb colour(i) \
  dt dash(i) title label(word(used, i))
