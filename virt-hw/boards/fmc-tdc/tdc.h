/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtual FMC TDC 1ns 5cha. Everything happens under the world's lock. Nothing happens pulse by
 * pulse: a channel is brought up to date ("advanced") when somebody could see the difference, and a
 * timer sees to it that this is at the latest when an interrupt is due, and at least once a
 * millisecond while there are pulses.
 *
 * Times with _ps, and all in struct pulse and struct acam_clock, are picoseconds since @epoch of
 * struct tdc.
 */
#ifndef VHW_TDC_H
#define VHW_TDC_H

#include <linux/types.h>

#include "../../../drivers/fmc-tdc/tdc_regs.h"
#include "acam.h"
#include "../spec/fmc.h"
#include "pulse.h"

#define TDC_STAGE		64	/* records that the staging FIFO holds */
#define ACAM_REGS		16

struct tdc;

/* Indices of tdc_faults[], in the order of the specification's fault catalogue (section 6.2) */
enum tdc_fault {
	FAULT_NEXT_INVALID,
	FAULT_SWITCH_NEVER_DONE,
	FAULT_COUNT_TOO_LARGE,
	FAULT_COUNT_GARBAGE,
	FAULT_FIFO_READOUT,
	FAULT_TIMESTAMP_IRQ_LOST,
	FAULT_IRQ_STUCK,
	FAULT_MEZZANINE_PLL,
	FAULT_ACAM_PLL,
	FAULT_ACAM_READBACK,
	FAULT_ENGINE_STUCK,
	FAULT_EXTRA_FALLING_EDGE,
	FAULT_MISSING_FALLING_EDGE,
	FAULT_MISSING_RISING_EDGE,
	FAULT_ROLLOVER_PLUS,
	FAULT_ROLLOVER_MINUS,
	FAULT_OUTLIER,
	FAULT_COARSE_INVALID,
	FAULT_CHANNEL_WRONG,
	FAULT_SLOPE_WRONG,
	FAULT_SEQUENCE_GAP,
	FAULT_RECORD_UNWRITTEN,
	FAULT_SECOND_EDGE,
	TDC_FAULTS
};

/* A generator's directory */
struct tdc_train_dir {
	struct vhw_dir dir;
	struct pulse_train *train;
	struct tdc_channel *channel;
};

/*
 * struct tdc_channel - an input, from the pulses that arrive to the interrupt
 * @tdc: the card
 * @index: 0 to 4
 * @input: what arrives
 * @pulse: the one under way, if @in_pulse
 * @in_pulse: the input is between two edges
 * @offset: OFFSET1 to OFFSET3
 * @raw_mode: RAW_MODE: nothing comes out
 * @rise: rising edge that waits for its falling edge, if @risen
 * @risen: there has been one since the filter was reset
 * @sequence: number of the next record
 * @csr: BUFFER_CSR, its lasting bits
 * @cur_base: as registers, as are @cur_size, @next_base, @next_size
 * @retired: CUR_COUNT
 * @count: records in the current buffer, with those staged
 * @staged: of them, those not in the DDR yet
 * @stage: these
 * @switching: SWITCH was written; DONE reads 1 from @done_at on
 * @done_at: world time
 * @requested: a record waits to be announced
 * @requested_tick: ms tick before the request
 * @due_ps: when @raised becomes true
 * @raised: the interrupt stands, unless the channel is off
 * @records: that reached a buffer
 * @dropped: that found no buffer
 * @dir: its directory
 * @train_dir: directory of @input's generator
 * @noise_dir: likewise
 * @recording: memory of @input's recording
 */
struct tdc_channel {
	struct tdc *tdc;
	unsigned int index;

	struct pulse_input input;
	struct pulse pulse;
	bool in_pulse;

	struct acam_offset offset;
	bool raw_mode;
	struct acam_stamp rise;
	bool risen;
	u32 sequence;

	u32 csr;
	u32 cur_base;
	u32 cur_size;
	u32 next_base;
	u32 next_size;
	u32 retired;
	u32 count;
	u32 staged;
	struct tdc_record stage[TDC_STAGE];
	bool switching;
	u64 done_at;

	bool requested;
	bool raised;
	s64 requested_tick;
	s64 due_ps;

	u64 records;
	u64 dropped;

	struct vhw_dir dir;
	struct tdc_train_dir train_dir;
	struct tdc_train_dir noise_dir;
	struct pulse *recording;
};

/* WAITING: for the next second. SETTLING: for 2 s after the start pulse */
enum tdc_engine { TDC_INACTIVE, TDC_WAITING, TDC_SETTLING, TDC_ACTIVE };

enum tdc_wr { TDC_WR_OFF, TDC_WR_NO_LINK, TDC_WR_LOCKING, TDC_WR_LOCKED, TDC_WR_HOLDOVER };

/*
 * struct tdc - the card
 * @fmc: its place on the carrier
 * @channel: its inputs
 * @epoch: world time of picosecond 0, a whole number of ticks
 * @in_reset: application reset stands
 * @released_at: world time at which it was released last
 * @locked_at: world time from which on the core block answers, U64_MAX for never
 * @local: time base that runs freely since @locked_at
 * @wr: time base of White Rabbit
 * @wr_time: timestamps are on @wr
 * @engine: state
 * @stop_disabled: engine is active, and the chip's inputs were never opened
 * @misloaded: engine was started with a chip that was not configured
 * @engine_timer: next change of @engine
 * @wr_state: of White Rabbit
 * @wr_timer: end of locking
 * @chip: registers of the ACAM
 * @shadow: ACAM_CFG
 * @readback: ACAM_RB
 * @chip_locked_at: world time from which on the chip's PLL is locked, U64_MAX for never
 * @start_utc: as registers, as are @input_enable, @irq_threshold, @irq_timeout, @dac, @wr_ctrl,
 *	@test1
 * @imr: enabled interrupts
 * @irq: the interrupt output
 * @irq_lost: what @irq does, the carrier does not see until it is low again
 * @advance_timer: somebody could see something by then
 * @temperature: what the thermometer shows, 1/16 degree
 * @onewire: the thermometer answers
 * @exact: timestamps are not quantised
 * @wr_link: the fibre is plugged
 * @wr_lock_ms: time that locking takes
 * @pll_lock_us: time that the mezzanine's PLL takes
 * @wr_tai: seconds of TAI at world time 0
 * @age: seconds that it has had power for when it is given power
 */
struct tdc {
	struct fmc *fmc;
	struct tdc_channel channel[TDC_CHANNELS];

	u64 epoch;
	bool in_reset;
	u64 released_at;
	u64 locked_at;

	struct acam_clock local;
	struct acam_clock wr;
	bool wr_time;

	enum tdc_engine engine;
	bool stop_disabled;
	bool misloaded;
	struct vhw_timer engine_timer;

	enum tdc_wr wr_state;
	struct vhw_timer wr_timer;

	u32 chip[ACAM_REGS];
	u32 shadow[ACAM_REGS];
	u32 readback[ACAM_REGS];
	u64 chip_locked_at;

	u32 start_utc;
	u32 input_enable;
	u32 irq_threshold;
	u32 irq_timeout;
	u32 dac;
	u32 wr_ctrl;
	u32 test1;

	u32 imr;
	bool irq;
	bool irq_lost;
	struct vhw_timer advance_timer;

	s16 temperature;
	bool onewire;
	bool exact;
	bool wr_link;
	u32 wr_lock_ms;
	u32 pll_lock_us;
	u32 wr_tai;
	u32 age;
};

static inline bool tdc_fault(struct tdc *tdc, enum tdc_fault fault)
{
	return fmc_fault(tdc->fmc, fault);
}

#define TDC_EPOCH_S	4194304	/* 48 days, after which picosecond 0 moves on by as many */
#define TDC_EPOCH_PS	(TDC_EPOCH_S * ACAM_SECOND_PS)

/* Good for 106 days from @epoch on; tdc_sync() keeps it below 49 */
static inline s64 tdc_ps(const struct tdc *tdc, u64 world_ns)
{
	return (s64)(world_ns - tdc->epoch) * 1000;
}

static inline u64 tdc_world_ns(const struct tdc *tdc, s64 ps)
{
	return tdc->epoch + div64_s64(ps + 999, 1000);
}

/* state.c: what the state means */
bool tdc_core_answers(const struct tdc *tdc);
const struct acam_clock *tdc_clock(const struct tdc *tdc);
bool tdc_channel_watched(const struct tdc_channel *ch);

/* course.c: the card in time */
void tdc_course_init(struct tdc *tdc);
u32 tdc_eic_isr(const struct tdc *tdc);
void tdc_sync(struct tdc *tdc);
void tdc_rearm(struct tdc *tdc);

/* core.c: the core block: engine, time, ACAM */
void tdc_core_init(struct tdc *tdc);
void tdc_core_reset(struct tdc *tdc, bool asserted);
u32 tdc_core_read(struct tdc *tdc, u32 offset);
void tdc_core_write(struct tdc *tdc, u32 offset, u32 value);
void tdc_set_wr_link(struct tdc *tdc, bool up);

/* channel.c */
void tdc_channel_reset(struct tdc_channel *ch);
void tdc_channel_enabled(struct tdc_channel *ch, bool enabled);
void tdc_channel_advance(struct tdc_channel *ch, s64 time_ps);
s64 tdc_channel_next(struct tdc_channel *ch, s64 now_ps);
void tdc_channel_move_epoch(struct tdc_channel *ch, s64 by_ps, u32 by_ticks);
bool tdc_channel_irq(const struct tdc_channel *ch);
u32 tdc_channel_read(struct tdc_channel *ch, u32 offset);
void tdc_channel_write(struct tdc_channel *ch, u32 offset, u32 value);

/* buffer.c: a channel's pair of buffers */
void tdc_buffer_reset(struct tdc_channel *ch);
void tdc_buffer_accept(struct tdc_channel *ch, const struct tdc_record *record, s64 time_ps);
void tdc_buffer_commit(struct tdc_channel *ch);
u32 tdc_buffer_read(struct tdc_channel *ch, u32 offset);
void tdc_buffer_write(struct tdc_channel *ch, u32 offset, u32 value);

s64 tdc_ms_tick(const struct tdc *tdc, s64 time_ps);
s64 tdc_ms_tick_ps(const struct tdc *tdc, s64 tick);

/* config.c */
extern struct configfs_attribute *tdc_attrs[];
int tdc_config_init(struct tdc *tdc);
void tdc_config_power_off(struct tdc *tdc);

/* eeprom.c, sdb.c */
extern const struct fmc_eeprom_content tdc_eeprom_contents[];
u32 tdc_sdb_read(u32 offset);

#endif
