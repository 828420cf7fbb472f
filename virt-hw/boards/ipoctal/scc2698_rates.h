/* SPDX-License-Identifier: GPL-2.0 */
/* Clocks of the SCC2698B. Pure. */
#ifndef VHW_SCC2698_RATES_H
#define VHW_SCC2698_RATES_H

#include <linux/types.h>

/* Period of X1, the 3.6864 MHz crystal, in 1/LINE_FRACTIONS ns: exact */
#define SCC2698_X1_PERIOD	156250u

u64 scc2698_brg_sixteenth(u8 code, bool set2, bool test);
unsigned int scc2698_stop_sixteenths(u8 mr2, unsigned int data_bits);

#endif
