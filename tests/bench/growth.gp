# Four panels of tests/bench/growth_bench's columns. gnuplot -e "columns='...'; picture='...'" tests/bench/growth.gp
set terminal pngcairo size 1200,900 font "sans,11" background "white"
set output picture
set multiplot layout 2,2 margins 0.075,0.975,0.075,0.92 spacing 0.09,0.12 title "get_status at QoS 0 against the number of cameras" font "sans,14" noenhanced
set logscale x 10
set xrange [0.8:1300]
set xtics (1, 10, 50, 100, 200, 500, 1000)
set xlabel "cameras, each polled once a second" offset 0,0.4
set grid linetype 1 linecolor "#dddddd" linewidth 0.7
set key opaque
set style data linespoints
set style line 1 linecolor "#1f5fa8" linewidth 2 pointtype 7
set style line 2 linecolor "#8a8a8a" linewidth 2 pointtype 6 dashtype 2
set style line 3 linecolor "#c2571a" linewidth 2 pointtype 5
set style line 4 linecolor "#d9b38c" linewidth 2 pointtype 4 dashtype 2
set yrange [0:*]

set title "Commands a second, one under way to each camera"
set key bottom right
plot columns using 1:2 linestyle 1 title "bridge", '' using 1:3 linestyle 2 title "echo that does nothing"

set title "99 of 100 answers come within, ms"
set yrange [*:*]
set logscale y 10
set key top left
plot columns using 1:4 linestyle 1 title "bridge, one under way to each", '' using 1:5 linestyle 2 title "echo, same", \
  '' using 1:6 linestyle 3 title "bridge, one under way in all", '' using 1:7 linestyle 4 title "echo, same"
unset logscale y

set title "CPU for each command, µs"
set yrange [0:*]
set key bottom left
plot columns using 1:8 linestyle 1 title "bridge", '' using 1:9 linestyle 2 title "echo that does nothing"

set title "Memory (RSS), MB"
set key top left
plot columns using 1:10 linestyle 1 title "bridge", '' using 1:11 linestyle 2 title "echo that does nothing"
unset multiplot
