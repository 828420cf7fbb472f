/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver's arithmetic: no lock, no clock, no allocation, no hardware. timestamp.c, stream.c,
 * calib.c, fru.c.
 */
#ifndef TDC_PURE_H
#define TDC_PURE_H

#include <asm/byteorder.h>
#include <linux/types.h>

#include "tdc_regs.h"

/* timestamp.c */

/**
 * struct tdc_sample - a timestamp as user space reads it, the IIO scan
 * @sequence: of the channel, from 0 at each enable; a step above 1 means lost timestamps. It goes
 *	on when the hardware's restarts within a session
 * @subns: 0 to 511 in units of 1/512 ns
 * @flags: TDC_SAMPLE_*
 * @ns: TAI nanoseconds
 */
struct tdc_sample {
	u32 sequence;
	u16 subns;
	u16 flags;
#define TDC_SAMPLE_LOST_BEFORE		BIT(0)	/* the hardware or the DMA lost some */
#define TDC_SAMPLE_DUPLICATE		BIT(1)	/* same time as the one before */
#define TDC_SAMPLE_ROLLOVER		BIT(2)	/* a step back by up to 131 us */
#define TDC_SAMPLE_WR_SYNCED		BIT(3)	/* White Rabbit held the clock */
#define TDC_SAMPLE_TIME_UNCERTAIN	BIT(4)	/* the time base changed lately */
#define TDC_SAMPLE_OVERFLOW_BEFORE	BIT(5)	/* the reader was too slow */
#define TDC_SAMPLE_RISING		BIT(6)
#define TDC_SAMPLE_CHANNEL		GENMASK(10, 8)	/* 0 to 4 */
	s64 ns;
};

#define TDC_ROLLOVER_NS			131072	/* 256 retriggers of 512 ns */
#define TDC_ROLLOVER_SLACK_NS		20

bool tdc_record_valid(const struct tdc_record *record, unsigned int channel);
u32 tdc_record_sequence(const struct tdc_record *record);
s64 tdc_extend_seconds(u32 tai, s64 near);
void tdc_record_convert(const struct tdc_record *record, s64 *seconds, struct tdc_sample *sample);

/* stream.c */

/**
 * struct tdc_counts - what became of a channel's timestamps; received = delivered + lost +
 * rejected, always
 * @received: the hardware gave them a sequence number
 * @delivered: the reader's buffer took them
 * @lost: missing in the sequence, failed to transfer, or refused by a full buffer
 * @rejected: not a timestamp of this channel and session, or a duplicate that was to be dropped
 * @duplicates: suspects of TDC_SAMPLE_DUPLICATE
 * @rollovers: suspects of TDC_SAMPLE_ROLLOVER
 */
struct tdc_counts {
	u64 received;
	u64 delivered;
	u64 lost;
	u64 rejected;
	u64 duplicates;
	u64 rollovers;
};

/**
 * struct tdc_stream - a channel's records in the order of their sequence
 * @counts: since the device was made
 * @channel: 0 to 4
 * @drop_duplicates: suspects are not delivered
 * @started: a record was accepted since tdc_stream_start(); @last_ns and @last_subns are its time
 * @sequence: expected next, extended to 64 bits; its low 28 bits are the hardware's
 * @first: what the sample is called that the hardware calls 0
 * @accounted: sequence numbers from @sequence on that counts already know: their records were
 *	rejected or unread
 * @resync: an implausible sequence was rejected; if the next record continues it at @candidate,
 *	it is believed
 * @candidate: see @resync
 * @seconds: TAI of the last record, 64 bits
 * @last_ns: see @started
 * @last_subns: see @started
 * @pending: flags for the next sample
 */
struct tdc_stream {
	struct tdc_counts counts;
	u8 channel;
	bool drop_duplicates;
	bool started;
	bool resync;
	u64 sequence;
	u32 first;
	u64 accounted;
	u32 candidate;
	s64 seconds;
	s64 last_ns;
	u16 last_subns;
	u16 pending;
};

/* A larger gap in the sequence (3 s at 5 MHz) is not believed until a second record confirms it */
#define TDC_GAP_MAX			BIT(24)

void tdc_stream_start(struct tdc_stream *stream, s64 seconds);
void tdc_stream_continue(struct tdc_stream *stream, s64 seconds);
size_t tdc_stream_stale(struct tdc_stream *stream, const struct tdc_record *records, size_t count);
bool tdc_stream_take(struct tdc_stream *stream, const struct tdc_record *record, u16 flags,
		     struct tdc_sample *sample);
void tdc_stream_delivered(struct tdc_stream *stream);
void tdc_stream_refused(struct tdc_stream *stream);
void tdc_stream_unread(struct tdc_stream *stream, u64 count);

/* calib.c */

#define TDC_CALIBRATION_PER_PS		100	/* a calibration's delays are in 0.01 ps */
#define TDC_WR_OFFSET_DEFAULT		22946000
#define TDC_WR_OFFSET_YEAR		2018	/* boards made before carry no valid one */
#define TDC_ZERO_OFFSET_MAX		10000000
#define TDC_WR_OFFSET_MAX		1000000000
#define TDC_USER_OFFSET_MAX_PS		1000000000

enum tdc_calibration_source {
	TDC_CALIBRATION_DEFAULT,
	TDC_CALIBRATION_EEPROM,
	TDC_CALIBRATION_EEPROM_OLD,	/* of a board too old to have a valid wr_offset */
	TDC_CALIBRATION_USER,
};

/**
 * struct tdc_calibration - delays of a mezzanine, as precise as its record
 * @zero_offset: of each channel relative to the first, 0.01 ps
 * @wr_offset: from the White Rabbit reference to the inputs, 0.01 ps
 * @vcxo_dac: DAC word times 100
 * @temperature: at calibration, degrees Celsius
 * @source: where all this comes from
 */
struct tdc_calibration {
	s32 zero_offset[TDC_CHANNELS];
	s32 wr_offset;
	u32 vcxo_dac;
	u32 temperature;
	enum tdc_calibration_source source;
};

/**
 * struct tdc_offset - what a channel's adder adds to each measurement
 * @seconds: CHANNEL_OFFSET1
 * @coarse: CHANNEL_OFFSET2, ticks
 * @frac: CHANNEL_OFFSET3, -2048 to 2047 of 4096 parts of a tick
 */
struct tdc_offset {
	s32 seconds;
	s32 coarse;
	s32 frac;
};

void tdc_calibration_default(struct tdc_calibration *calibration);
int tdc_calibration_decode(const struct tdc_calibration_record *record, unsigned int year,
			   struct tdc_calibration *calibration);
void tdc_calibration_encode(const struct tdc_calibration *calibration,
			    struct tdc_calibration_record *record);
void tdc_offset_split(s64 total, struct tdc_offset *offset);

/* fru.c */

#define TDC_FRU_SIZE			TDC_EEPROM_CALIBRATION

/**
 * struct tdc_fru - what the mezzanine's EEPROM says it is
 * @product: name
 * @serial: number
 * @year: in which its EEPROM was written, 0 if it does not say
 */
struct tdc_fru {
	char product[64];
	char serial[64];
	unsigned int year;
};

int tdc_fru_decode(const u8 *data, size_t size, struct tdc_fru *fru);

#endif
