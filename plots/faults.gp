# Bands and marks for what the timeline did; the x axis is time. Labels stand above the plot in three rows, earlier ones
# higher, so that no mark runs through an earlier label.
dash_of_mark(is_fault) = is_fault == 1 ? 1 : 3
# Rows are a line of text apart, whatever the height of the plot (margins: 7 + 6 lines).
line_height = 1.55 * points
plot_height = (format eq 'svg' ? 720 : 1080) * height - 13 * line_height
row_base = 1.0 + 0.3 * line_height / plot_height
row_step = 1.05 * line_height / plot_height
last_time = 0.0
stats 'series/throughput.csv' skip 1 using ((last_time = $1, $1)) nooutput
set xrange [0:last_time]
set tmargin 7
set title heading offset 0,3.4 font big
fault_rows = rows_of('series/faults.csv')
field(row, i) = system(sprintf("sed -n %dp series/faults.csv | cut -d, -f%d", row + 2, i))
do for [row = 0:fault_rows - 1] {
  begin = real(field(row, 4))
  finish = strlen(field(row, 5)) > 0 ? real(field(row, 5)) : last_time
  is_fault = int(field(row, 6))
  label = field(row, 7)
  if (is_fault == 1) {
    set object 100 + row rectangle from first begin, graph 0 to first (finish > last_time ? last_time : finish), graph 1 behind fc rgb '#555555' fs transparent solid 0.10 noborder
  }
  set arrow 100 + row from first begin, graph 0 to first begin, graph (row_base + row_step * (2 - row % 3)) nohead lc rgb '#555555' lw 1.5 dt dash_of_mark(is_fault)
  # Labels near the right edge end there.
  if (begin > 0.7 * last_time) {
    set label 100 + row label at first begin, graph (row_base + 0.01 + row_step * (2 - row % 3)) right offset -0.3,0.1 font small tc rgb '#333333'
  } else {
    set label 100 + row label at first begin, graph (row_base + 0.01 + row_step * (2 - row % 3)) left offset 0.3,0.1 font small tc rgb '#333333'
  }
}
