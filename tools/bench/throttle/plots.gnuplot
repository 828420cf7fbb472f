# SPDX-License-Identifier: GPL-2.0
# Draws burst.dat, shares.dat, mounted.dat, thr.dat and iomax.dat of the current directory into PNGs in the directory out.
set terminal pngcairo size 800,360 font "sans,11" noenhanced
set border 3 lc rgb "#444444"
set tics nomirror out
set grid ytics lc rgb "#dddddd" lt 1
blue = "#2166ac"
red = "#b2182b"

set output out."/throttle-burst.png"
set title "iops-total=100 iops-total-max=1000 iops-total-max-length=5"
set xlabel "s"
set ylabel "requests a second, in windows of 100 ms"
set xrange [0:10]
set yrange [0:2200]
set style fill solid 0.25 noborder
unset key
plot "burst.dat" using ($1/1000):($2*10) with fillsteps lc rgb blue, \
     "burst.dat" using ($1/1000):($2*10) with steps lw 2 lc rgb blue

set output out."/throttle-shares.png"
set title "eight members of a group with iops-total=1000"
set xlabel "requests that the member keeps waiting"
set ylabel "requests a second"
set xrange [0.4:8.6]
set yrange [0:150]
set boxwidth 0.7
set style fill solid 0.6 noborder
plot "shares.dat" using 1:3:xtic(2) with boxes lc rgb blue, \
     "shares.dat" using 1:($3+6):(sprintf("%.1f", $3)) with labels

set output out."/throttle-mounted.png"
set title "a file of a mounted disk, read 4 at a time; limits in place from second 2 to 6"
set xlabel "s"
set ylabel "requests a second, in windows of 100 ms"
set xrange [0:8]
set xtics 1
set yrange [0:4500]
set style fill solid 0.25 noborder
set label 1 "attached:\niops-total=1000" at 3,1700 center
set label 2 "iops-total=300\nafter a burst" at 5.3,1700 center
set label 3 "detached" at 7,4250 center
plot "mounted.dat" using ($1/1000):($2*10) with fillsteps lc rgb blue, \
     "mounted.dat" using ($1/1000):($2*10) with steps lw 2 lc rgb blue
unset label
set xtics autofreq

set output out."/throttle-windows.png"
set title "1000 requests a second, 16 at a time: requests in windows of 10 ms"
set xlabel "ms"
set ylabel "requests"
set xrange [0:500]
set yrange [0:125]
set key top right horizontal
plot "iomax.dat" using 1:2 with steps lw 2 lc rgb red title "io.max", \
     "thr.dat" using 1:2 with steps lw 2 lc rgb blue title "thr"
