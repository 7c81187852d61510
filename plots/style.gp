# Shared by all plots. Set from outside: format ('svg' or 'png'), scripts (this folder), heading. `height`: share of a
# slide's height, 1 unless a plot sets it before.
# Colours: Okabe and Ito's palette, told apart by colour-blind people too.
set encoding utf8
if (!exists('height')) { height = 1.0 }
if (format eq 'svg') {
  set terminal svg size 1280,720 * height dynamic font 'DejaVu Sans,17' background rgb 'white' noenhanced
} else {
  set terminal pngcairo size 1920,1080 * height font 'DejaVu Sans,24' background rgb 'white' noenhanced
}
array colours[8] = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000', '#999999']
colour(i) = colours[(int(i) - 1) % 8 + 1]
points = format eq 'svg' ? 17 : 24
font_of(size) = sprintf('DejaVu Sans,%d', size)
small = font_of(points * 0.85)
tiny = font_of(points * 0.7)
big = font_of(points * 1.1)
set datafile separator comma
set border 3 lw 1.5 lc rgb '#444444'
set tics nomirror out scale 0.6 textcolor rgb '#222222'
set grid ytics lc rgb '#c8c8c8' lw 1.5
set key bmargin center horizontal samplen 2 spacing 1.3 noautotitle
set bmargin 6
set rmargin 5
set style fill solid 1.0 noborder
set xlabel 'simulated time (s)' offset 0,0.3

# Names stand in the first line of each series.
columns_of(file) = int(system("head -n 1 " . file . " | tr ',' '\n' | wc -l"))
name_of(file, i) = system(sprintf("head -n 1 %s | cut -d, -f%d", file, i))
rows_of(file) = int(system("wc -l < " . file)) - 1
# The n-th number of a list; gnuplot looks at the first item of an empty loop too.
pick(list, n) = n <= words(list) ? int(word(list, n)) : 1
