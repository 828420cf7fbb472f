/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers of the FMC TDC 1ns 5cha in its carrier's FPGA. Offsets are bytes from the mezzanine's
 * window, registers are 32 bits wide, names are the manuals'.
 *
 * RO, WO: read-only, write-only. W1C: writing 1 clears. W1S: writing 1 acts, reads 0.
 */
#ifndef TDC_REGS_H
#define TDC_REGS_H

#include <linux/bits.h>
#include <linux/types.h>

#define TDC_CHANNELS			5

#define TDC_WINDOW			0x20000	/* of the mezzanine in the carrier's BAR 0 */
#define TDC_WINDOW_SIZE			0x8000

/* Blocks of the window */

#define TDC_SDB				0x0000
#define TDC_ONEWIRE			0x1000
#define TDC_CORE			0x2000	/* silent until the mezzanine's PLL locks */
#define TDC_EIC				0x3000
#define TDC_I2C				0x4000	/* the carrier's wires: unused */
#define TDC_CHANNEL(ch)			(0x5000 + 0x100 * (ch))
#define TDC_BUFFER(ch)			(0x6000 + 0x40 * (ch))

/* Thermometer and serial number, from TDC_ONEWIRE */

#define ONEWIRE_CSR			0x00
#define  ONEWIRE_CSR_VALID		BIT(0)
#define ONEWIRE_TEMP			0x04
#define  ONEWIRE_TEMP_MASK		GENMASK(15, 0)	/* signed, 1/16 degree Celsius */
#define  ONEWIRE_TEMP_POWER_ON		0x0550	/* 85 degrees: not measured yet */
#define ONEWIRE_ID_HIGH			0x08
#define ONEWIRE_ID_LOW			0x0c

/* Core, from TDC_CORE */

#define TDC_ACAM_CFG(n)			(0x00 + 4 * (n))	/* to be loaded; 0..7, 11, 12, 14 */
#define TDC_ACAM_RB(n)			(0x40 + 4 * (n))	/* RO: last read back; as above */
#define  ACAM_DATA			GENMASK(27, 0)
#define  ACAM_EF2			BIT(30)	/* the chip's FIFO is empty */
#define  ACAM_EF1			BIT(31)
#define TDC_ACAM_IFIFO1			0x60
#define TDC_ACAM_IFIFO2			0x64
#define TDC_ACAM_START01		0x68
#define TDC_START_UTC			0x80	/* seconds for TDC_CTRL_LOAD_UTC */
#define TDC_INPUT_ENABLE		0x84
#define  TDC_INPUT_TERM(ch)		BIT(ch)	/* 50 Ohm termination */
#define  TDC_INPUT_BUFFERS		BIT(7)	/* all five inputs */
#define  TDC_INPUT_CHANNEL(ch)		BIT(16 + (ch))
#define TDC_MAGIC			0x8c
#define  TDC_MAGIC_VALUE		0xc000ffee
#define TDC_IRQ_THRESHOLD		0x90	/* FIFO mode only */
#define TDC_IRQ_TIMEOUT			0x94	/* FIFO mode only */
#define TDC_DAC_TUNE			0x98	/* no effect */
#define TDC_CURRENT_UTC			0xa0
#define TDC_STAT			0xac
#define  TDC_STAT_DMA			BIT(0)
#define  TDC_STAT_FIFO			BIT(1)
#define  TDC_STAT_SLOT			BIT(2)
#define TDC_WR_STATUS			0xb0
#define  TDC_WR_PRESENT			BIT(1)	/* White Rabbit is built in */
#define  TDC_WR_LINK_UP			BIT(2)
#define  TDC_WR_SYNCING			BIT(3)
#define  TDC_WR_AUX_LOCKED		BIT(4)
#define  TDC_WR_TIME_VALID		BIT(5)
#define  TDC_WR_ENABLED			BIT(6)
#define  TDC_WR_AUX_LOCKED_COPY		BIT(7)
#define  TDC_WR_TIME_VALID_COPY		BIT(8)
#define  TDC_WR_AUX_ENABLED		BIT(9)
#define TDC_WR_CTRL			0xb4
#define  TDC_WR_CTRL_ENABLE		BIT(0)
#define TDC_TEST0			0xb8
#define TDC_TEST1			0xbc
#define TDC_CTRL			0xfc	/* W1S, one at a time */
#define  TDC_CTRL_EN_ACQ		BIT(0)
#define  TDC_CTRL_DIS_ACQ		BIT(1)
#define  TDC_CTRL_LOAD_ACAM_CFG		BIT(2)	/* to RESET_ACAM: only while inactive */
#define  TDC_CTRL_READ_ACAM_CFG		BIT(3)
#define  TDC_CTRL_READ_STATUS		BIT(4)
#define  TDC_CTRL_READ_IFIFO1		BIT(5)
#define  TDC_CTRL_READ_IFIFO2		BIT(6)
#define  TDC_CTRL_READ_START01		BIT(7)
#define  TDC_CTRL_RESET_ACAM		BIT(8)
#define  TDC_CTRL_LOAD_UTC		BIT(9)
#define  TDC_CTRL_LOAD_DAC		BIT(11)	/* no effect */

/* ACAM TDC-GPX: what each of its registers is loaded with */

#define ACAM_REG0			0x01f0fc81	/* oscillator on, both edges, stops 1..5 */
#define ACAM_REG1			0x00000000
#define ACAM_REG2			0x00000e02	/* I-mode, stops 6..8 off */
#define ACAM_REG3			0x00000000
#define ACAM_REG4			0x0200000f	/* retrigger each 16 clocks, EF driven */
#define  ACAM_REG4_PARTIAL_RESET	BIT(23)
#define  ACAM_REG4_MASTER_RESET		BIT(22)
#define ACAM_REG5			0x000007d0	/* start offset, 2000 bins */
#define ACAM_REG6			0x000000fc	/* fill level */
#define ACAM_REG7			0x00001fea	/* HSDiv 234, RefClkDiv 7 */
#define ACAM_REG11			0x00ff0000	/* hit FIFO full raises ErrFlag */
#define ACAM_REG12			0x04000800
#define  ACAM_REG12_NOT_LOCKED		BIT(10)
#define ACAM_REG14			0x00000000	/* 28-bit mode */

/* Interrupts, from TDC_EIC: ISR shows levels whatever IMR says; writing it takes nothing away */

#define EIC_IDR				0x00	/* WO: 1 disables */
#define EIC_IER				0x04	/* WO: 1 enables */
#define EIC_IMR				0x08	/* RO */
#define EIC_ISR				0x0c
#define  EIC_FIFO(ch)			BIT(ch)
#define  EIC_DMA(ch)			BIT(5 + (ch))
#define  EIC_ALL			GENMASK(9, 0)

/* A channel, from TDC_CHANNEL(ch); its FIFO (from 0x1c) is not in this build */

#define CHANNEL_OFFSET1			0x0c	/* seconds, signed */
#define CHANNEL_OFFSET2			0x10	/* ticks, signed */
#define CHANNEL_OFFSET3			0x14
#define  CHANNEL_OFFSET3_MASK		GENMASK(11, 0)	/* 1/4096 tick, signed */
#define CHANNEL_CSR			0x18
#define  CHANNEL_CSR_RST_SEQ		BIT(2)	/* W1S */
#define  CHANNEL_CSR_RAW_MODE		BIT(6)	/* stops all output: never set */

/* A channel's pair of buffers in the carrier's DDR, from TDC_BUFFER(ch) */

#define BUFFER_CSR			0x00
#define  BUFFER_CSR_ENABLE		BIT(0)
#define  BUFFER_CSR_IRQ_TIMEOUT		GENMASK(10, 1)	/* ms */
#define  BUFFER_CSR_BURST_SIZE		GENMASK(20, 11)	/* records */
#define  BUFFER_CSR_SWITCH		BIT(21)	/* W1S */
#define  BUFFER_CSR_DONE		BIT(22)	/* W1C: the switch is complete */
#define  BUFFER_CSR_OVERFLOW		BIT(23)	/* always 0 */
#define BUFFER_CUR_BASE			0x04	/* byte address */
#define BUFFER_CUR_COUNT		0x08	/* RO: of the buffer last retired */
#define BUFFER_CUR_SIZE			0x0c
#define  BUFFER_SIZE_RECORDS		GENMASK(29, 0)
#define  BUFFER_SIZE_VALID		BIT(30)
#define BUFFER_NEXT_BASE		0x10
#define BUFFER_NEXT_SIZE		0x14

/**
 * struct tdc_record - a timestamp as it lies in the DDR
 * @tai: seconds
 * @coarse: ticks of 8 ns, below TDC_TICKS_PER_SECOND
 * @frac: TDC_RECORD_FRAC in units of 1/4096 tick, TDC_RECORD_BINS as the ACAM counted them
 * @meta: channel, slope and sequence
 */
struct tdc_record {
	__le32 tai;
	__le32 coarse;
	__le32 frac;
#define TDC_RECORD_FRAC			GENMASK(11, 0)
#define TDC_RECORD_BINS			GENMASK(24, 12)
#define TDC_RECORD_FRAC_ZERO		GENMASK(31, 25)
	__le32 meta;
#define TDC_RECORD_CHANNEL		GENMASK(2, 0)
#define TDC_RECORD_RISING		BIT(3)
#define TDC_RECORD_SEQUENCE		GENMASK(31, 4)
};

#define TDC_TICKS_PER_SECOND		125000000
#define TDC_TICK_NS			8
#define TDC_TICK_PS			8000
#define TDC_FRACS_PER_TICK		4096
#define TDC_SEQUENCES			0x10000000	/* the sequence counts modulo this */

/* The EEPROM of the mezzanine */

#define TDC_EEPROM_CALIBRATION		0x100
#define TDC_EEPROM_PRODUCT		"FmcTdc1ns5cha"	/* of the FRU's board area at 0 */

/**
 * struct tdc_calibration_record - what the EEPROM says about this mezzanine, at
 * TDC_EEPROM_CALIBRATION
 * @zero_offset: of channels 2 to 5 relative to channel 1, signed, 0.01 ps
 * @vcxo_dac: DAC word times 100
 * @temperature: at which it was calibrated, degrees Celsius
 * @wr_offset: signed, 0.01 ps
 */
struct tdc_calibration_record {
	__le32 zero_offset[4];
	__le32 vcxo_dac;
	__le32 temperature;
	__le32 wr_offset;
};

#endif
