/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver's own header.
 */
#ifndef TDC_H
#define TDC_H

#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "../spec/spec.h"
#include "pure.h"

struct iio_dev;

/* DDR: a ring of buffers a channel, two of them in the hardware, one being read, one in reserve */
#define TDC_RING		4
#define TDC_BUFFER_BYTES	0x800000
#define TDC_BUFFER_RECORDS	(TDC_BUFFER_BYTES / sizeof(struct tdc_record))
#define TDC_BURST		16	/* records that the gateware collects */

/* Host: pieces of contiguous memory that one DMA transfer fills */
#define TDC_CHUNKS		4
#define TDC_CHUNK_BYTES		65536
#define TDC_CHUNK_RECORDS	(TDC_CHUNK_BYTES / sizeof(struct tdc_record))

#define TDC_TIMEOUT_DEFAULT_MS	10
#define TDC_TIMEOUT_MAX_MS	1023

/**
 * enum tdc_engine - what the acquisition engine is believed to do; under tdc->lock
 * @TDC_ENGINE_STARTING: EN_ACQ was written less than TDC_START_MS ago
 * @TDC_ENGINE_RESTARTING: likewise, for a restart: DIS_ACQ and EN_ACQ follow
 * @TDC_ENGINE_ACTIVE: timestamps are taken
 * @TDC_ENGINE_FAILED: bring-up failed or the DMA does; said in the log
 * @TDC_ENGINE_SUSPENDED: nothing is to be done before the resume, which brings the board up anew
 * @TDC_ENGINE_GONE: the board does not answer any more
 */
enum tdc_engine {
	TDC_ENGINE_STARTING,
	TDC_ENGINE_RESTARTING,
	TDC_ENGINE_ACTIVE,
	TDC_ENGINE_FAILED,
	TDC_ENGINE_SUSPENDED,
	TDC_ENGINE_GONE,
};

/**
 * struct tdc_channel - an input
 * @tdc: its board
 * @index: 0 to 4
 * @iio: its device
 * @timeout_ms: between the first timestamp of a batch and the interrupt; under tdc->lock
 * @offset_ps: the user's; under tdc->lock
 * @wanted: a reader has enabled its buffer; under tdc->lock
 * @running: the hardware is set up for it; under tdc->capture, as all that follows
 * @changed: the time base has changed since the last sample
 * @oldest: no record that is still to be read was made before; ns of the host's monotonic clock
 * @filling: index into the ring of the buffer that the hardware fills
 * @empty: services in a row that found nothing
 * @failures: switches in a row that did not complete
 * @services: how often it was served
 * @services_seen: @services when the watchdog looked and found the interrupt standing
 * @stream: records and their counts
 * @last: sample last delivered
 */
struct tdc_channel {
	struct tdc *tdc;
	unsigned int index;
	struct iio_dev *iio;
	unsigned int timeout_ms;
	s32 offset_ps;
	bool wanted;
	bool running;
	bool changed;
	u64 oldest;
	unsigned int filling;
	unsigned int empty;
	unsigned int failures;
	unsigned long services;
	unsigned long services_seen;
	struct tdc_stream stream;
	struct tdc_sample last;
};

/**
 * struct tdc - a board
 * @fmc: the mezzanine, and the carrier's services
 * @dev: its device
 * @window: registers
 * @fru: identity
 * @lock: engine, time, calibration, and which channels run. Outermost
 * @calibration: in effect; under @lock
 * @white_rabbit: the clock was asked to follow White Rabbit; under @lock
 * @terminations: TDC_INPUT_TERM() bits that are set; under @lock
 * @engine: see enum tdc_engine; written under @lock, except to TDC_ENGINE_GONE
 * @engine_work: the next step of the engine's start
 * @recovery: resets the board after DMA failures
 * @recoveries: in a row
 * @input_lock: INPUT_ENABLE. Innermost
 * @capture: the way of records from the hardware to the readers; below @lock
 * @buffer_records: capacity of each buffer of the ring
 * @chunk: host memory for DMA; under @capture
 * @chunk_bus: its bus addresses
 * @dma_failures: transfers in a row that failed; under @capture
 * @wr_status: last seen; under @capture
 * @changed_at: when the time base changed last, as tdc_channel.oldest; under @capture
 * @ahead: by how many ns the board's time is ahead of the host's boot time; under @lock
 * @off: of that, by how many ns its seconds were rounded at the last reset; under @lock
 * @second: host's boot time at which a second of the board began; under @lock
 * @loaded: the board's counter holds its time, as it does from bring-up to a reset; under @lock
 * @watch: looks for lost interrupts, changes of White Rabbit, a lost board
 * @irqs_lost: services that no interrupt called for
 * @irqs_spurious: interrupts with nothing to serve
 * @channel: inputs
 */
struct tdc {
	struct spec_fmc *fmc;
	struct device *dev;
	void __iomem *window;
	struct tdc_fru fru;

	struct mutex lock;	/* engine, time, calibration, wanted channels. Outermost */
	struct tdc_calibration calibration;
	bool white_rabbit;
	u32 terminations;
	enum tdc_engine engine;
	struct delayed_work engine_work;
	struct work_struct recovery;
	unsigned int recoveries;

	struct mutex input_lock;	/* INPUT_ENABLE. Innermost */

	struct mutex capture;	/* records on their way to the readers; below lock */
	u32 buffer_records;
	void *chunk[TDC_CHUNKS];
	dma_addr_t chunk_bus[TDC_CHUNKS];
	unsigned int dma_failures;
	u32 wr_status;
	u64 changed_at;
	s64 ahead;
	s64 off;
	ktime_t second;
	bool loaded;
	struct delayed_work watch;
	unsigned long irqs_lost;
	unsigned long irqs_spurious;

	struct tdc_channel channel[TDC_CHANNELS];
};

static inline u32 tdc_read(struct tdc *tdc, u32 offset)
{
	return readl(tdc->window + offset);
}

static inline void tdc_write(struct tdc *tdc, u32 offset, u32 value)
{
	writel(value, tdc->window + offset);
}

static inline u32 tdc_core_read(struct tdc *tdc, u32 offset)
{
	return tdc_read(tdc, TDC_CORE + offset);
}

static inline void tdc_core_write(struct tdc *tdc, u32 offset, u32 value)
{
	tdc_write(tdc, TDC_CORE + offset, value);
}

/* While it is, no register may be touched; bring-up finds what is set meanwhile */
static inline bool tdc_asleep(const struct tdc *tdc)
{
	lockdep_assert_held(&tdc->lock);
	return tdc->engine == TDC_ENGINE_SUSPENDED;
}

/* bringup.c */
int tdc_identify(struct tdc *tdc);
int tdc_bring_up(struct tdc *tdc);
int tdc_restart(struct tdc *tdc);
void tdc_engine_step(struct work_struct *work);
void tdc_recover(struct work_struct *work);

/* engine.c */
void tdc_set_engine(struct tdc *tdc, enum tdc_engine engine);
void tdc_engine_gone(struct tdc *tdc);
const char *tdc_engine_name(enum tdc_engine engine);

/* inputs.c */
void tdc_update_inputs(struct tdc *tdc, u32 clear, u32 set);
void tdc_write_offset(struct tdc_channel *channel);

/* acam.c */
void tdc_strobe(struct tdc *tdc, u32 command);
int tdc_acam_bring_up(struct tdc *tdc);

/* clock.c */
int tdc_get_seconds(struct tdc *tdc, u32 *seconds);
s64 tdc_now_seconds(struct tdc *tdc);
int tdc_set_seconds(struct tdc *tdc, u32 seconds);
void tdc_init_time(struct tdc *tdc);
void tdc_keep_time(struct tdc *tdc);
void tdc_begin_second(struct tdc *tdc);
void tdc_reload_time(struct tdc *tdc);
int tdc_set_host_time(struct tdc *tdc);
int tdc_set_white_rabbit(struct tdc *tdc, bool on);
const char *tdc_wr_state(u32 status);
void tdc_look_at_time(struct tdc *tdc);
u16 tdc_time_flags(const struct tdc_channel *channel);

/* capture.c */
int tdc_capture_alloc(struct tdc *tdc);
int tdc_capture_init(struct tdc *tdc);
int tdc_channel_start(struct tdc_channel *channel);
void tdc_channels_continue(struct tdc *tdc);
void tdc_channels_fail(struct tdc *tdc);
void tdc_channel_stop(struct tdc_channel *channel);
void tdc_serve_all(struct tdc *tdc);
void tdc_stop_all(struct tdc *tdc);

/* iio.c */
int tdc_iio_init(struct tdc *tdc);

/* reader.c */
void tdc_init_reader(struct tdc_channel *channel);
bool tdc_push_directly(const struct tdc_channel *channel);
int tdc_push(struct tdc_channel *channel, const struct tdc_sample *sample, bool directly);
void tdc_wake_reader(struct tdc_channel *channel);
void tdc_notify_lost(struct tdc_channel *channel);
void tdc_fail_reader(struct tdc_channel *channel, bool failed);

/* hwmon.c, sysfs.c */
int tdc_hwmon_init(struct tdc *tdc);
extern const struct attribute_group *tdc_groups[];

#endif
