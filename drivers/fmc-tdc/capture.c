// SPDX-License-Identifier: GPL-2.0
/*
 * Records on their way from the card's DDR to the readers.
 *
 * The gateware fills a buffer and knows the next. A "switch" retires the first and goes on with
 * the second; a full buffer is switched by the gateware itself, and if there is no valid next
 * one, records are dropped without a word. Four buffers form a ring: CUR and NEXT belong to the
 * hardware, the one retired is copied out before its turn comes again, the fourth takes over at
 * once when a switch finds the others used up.
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/sched.h>

#include "tdc.h"

#define DONE_US			1000
#define EMPTY_LIMIT		16	/* services in a row without a record: then silence it */
#define SWITCH_FAILURES		3
#define DMA_FAILURES_RESET	2	/* in a row, before the board is reset */
#define WATCH_MS		100	/* while a channel runs */
#define WATCH_IDLE_MS		1000
#define POISON			0xffffffff	/* no valid coarse time */
#define WAKE_SAMPLES		64	/* so many later the reader is woken, to make room */

static u32 buffer_read(struct tdc_channel *channel, u32 offset)
{
	return tdc_read(channel->tdc, TDC_BUFFER(channel->index) + offset);
}

static void buffer_write(struct tdc_channel *channel, u32 offset, u32 value)
{
	tdc_write(channel->tdc, TDC_BUFFER(channel->index) + offset, value);
}

/* Address of the buffer @steps ahead in the ring of the one that the hardware fills */
static u32 buffer_address(struct tdc_channel *channel, unsigned int steps)
{
	unsigned int slot = (channel->filling + steps) % TDC_RING;

	return (channel->index * TDC_RING + slot) * TDC_BUFFER_BYTES;
}

static void give_next(struct tdc_channel *channel, unsigned int steps)
{
	buffer_write(channel, BUFFER_NEXT_BASE, buffer_address(channel, steps));
	buffer_write(channel, BUFFER_NEXT_SIZE, channel->tdc->buffer_records | BUFFER_SIZE_VALID);
}

static void give_current(struct tdc_channel *channel, unsigned int steps)
{
	buffer_write(channel, BUFFER_CUR_BASE, buffer_address(channel, steps));
	buffer_write(channel, BUFFER_CUR_SIZE, channel->tdc->buffer_records | BUFFER_SIZE_VALID);
}

static u32 buffer_csr(struct tdc_channel *channel, bool enable)
{
	return (enable ? BUFFER_CSR_ENABLE : 0) | FIELD_PREP(BUFFER_CSR_BURST_SIZE, TDC_BURST) |
	       FIELD_PREP(BUFFER_CSR_IRQ_TIMEOUT, channel->timeout_ms);
}

/* Have the hardware retire its buffer and wait until the last record of it is in the DDR */
static int switch_buffers(struct tdc_channel *channel, bool enabled)
{
	u32 csr = buffer_csr(channel, enabled);
	unsigned int tries = DONE_US;
	u32 now;

	buffer_write(channel, BUFFER_CSR, csr | BUFFER_CSR_SWITCH);
	do {
		now = buffer_read(channel, BUFFER_CSR);
		if (now == ~0U)
			return -ENODEV;
		if (now & BUFFER_CSR_DONE) {
			buffer_write(channel, BUFFER_CSR, csr | BUFFER_CSR_DONE);
			return 0;
		}
		udelay(1);
	} while (--tries);
	dev_warn_ratelimited(channel->tdc->dev, "channel %u: a switch of buffers does not complete\n",
			     channel->index + 1);
	return -ETIMEDOUT;
}

static int dma_failed(struct tdc *tdc, int error)
{
	if (error == -ENODEV)
		tdc_engine_gone(tdc);
	else if (++tdc->dma_failures >= DMA_FAILURES_RESET)
		schedule_work(&tdc->recovery);
	return error;
}

/* Copy records to the chunks. What the DMA does not write stays recognizable */
static int fetch(struct tdc *tdc, u32 address, u32 count)
{
	struct spec_dma_segment segments[TDC_CHUNKS];
	unsigned int used = 0;
	int ret;

	while (count) {
		u32 part = min_t(u32, count, TDC_CHUNK_RECORDS);
		struct tdc_record *record = tdc->chunk[used];
		u32 i;

		for (i = 0; i < part; i++)
			record[i].coarse = cpu_to_le32(POISON);
		segments[used] = (struct spec_dma_segment) {
			.card = address,
			.host = tdc->chunk_bus[used],
			.size = part * sizeof(*record),
		};
		used++;
		address += part * sizeof(*record);
		count -= part;
	}
	ret = spec_fmc_dma_read(tdc->fmc, segments, used);
	if (ret)
		return dma_failed(tdc, ret);
	tdc->dma_failures = 0;
	tdc->recoveries = 0;
	return 0;
}

static void deliver_chunk(struct tdc_channel *channel, const struct tdc_record *records, u32 count,
			  u16 flags)
{
	struct tdc_stream *stream = &channel->stream;
	u32 i = tdc_stream_stale(stream, records, count);
	bool directly = tdc_push_directly(channel);
	struct tdc_sample sample;

	for (; i < count; i++) {
		if (!tdc_stream_take(stream, &records[i], flags, &sample))
			continue;
		if (tdc_push(channel, &sample, directly)) {
			tdc_stream_refused(stream);
		} else {
			tdc_stream_delivered(stream);
			channel->last = sample;
		}
		if (i % WAKE_SAMPLES == 0)
			tdc_wake_reader(channel);
	}
	tdc_wake_reader(channel);
}

/* Deliver what a retired buffer holds */
static void deliver_buffer(struct tdc_channel *channel, u32 address, u32 count)
{
	u64 delivered = channel->stream.counts.delivered;
	struct tdc *tdc = channel->tdc;
	u16 flags;

	lockdep_assert_held(&tdc->capture);
	if (count > tdc->buffer_records) {
		dev_warn_ratelimited(tdc->dev, "channel %u: %u timestamps in a buffer for %u: dropped\n",
				     channel->index + 1, count, tdc->buffer_records);
		return;
	}
	tdc_look_at_time(tdc);
	if (channel->changed)
		channel->stream.pending |= TDC_SAMPLE_TIME_UNCERTAIN;
	flags = tdc_time_flags(channel);
	while (count) {
		u32 part = min_t(u32, count, TDC_CHUNKS * TDC_CHUNK_RECORDS);
		u32 i;

		if (fetch(tdc, address, part)) {
			tdc_stream_unread(&channel->stream, part);
		} else {
			for (i = 0; i < part; i += TDC_CHUNK_RECORDS)
				deliver_chunk(channel, tdc->chunk[i / TDC_CHUNK_RECORDS],
					      min_t(u32, part - i, TDC_CHUNK_RECORDS), flags);
		}
		address += part * sizeof(struct tdc_record);
		count -= part;
		cond_resched();
	}
	/* A batch that may be older than the change says nothing about the first sample after it */
	if (channel->stream.counts.delivered != delivered &&
	    channel->oldest >= tdc->changed_at)
		channel->changed = false;
}

/* Read record @n of a buffer alone */
static int fetch_one(struct tdc *tdc, u32 address, u32 n, struct tdc_record *record)
{
	int ret = fetch(tdc, address + n * sizeof(*record), 1);

	memcpy(record, tdc->chunk[0], sizeof(*record));
	return ret;
}

static bool earlier(const struct tdc_record *a, const struct tdc_record *b)
{
	s32 seconds = le32_to_cpu(a->tai) - le32_to_cpu(b->tai);

	return seconds ? seconds < 0 : le32_to_cpu(a->coarse) < le32_to_cpu(b->coarse);
}

/*
 * Was this buffer filled to its end in this round? Then its last record carries the sequence to be
 * expected there, and is not earlier than the one at @count, as it would be if it was of an earlier
 * session and the buffer holds @count new ones.
 */
static bool filled_up(struct tdc_channel *channel, u32 address, u32 count)
{
	struct tdc *tdc = channel->tdc;
	struct tdc_record last, newest;
	u32 ahead;

	if (fetch_one(tdc, address, tdc->buffer_records - 1, &last))
		return false;
	ahead = (tdc_record_sequence(&last) - (u32)channel->stream.sequence) % TDC_SEQUENCES;
	if (!tdc_record_valid(&last, channel->index) || ahead < tdc->buffer_records - 1 ||
	    ahead >= TDC_SEQUENCES / 2)
		return false;
	if (!count || count > tdc->buffer_records)
		return true;
	return !fetch_one(tdc, address, count - 1, &newest) && !earlier(&last, &newest);
}

/*
 * The hardware has no valid buffer any more: give it the two that hold nothing. The interrupt
 * stays, to be served
 */
static void rearm(struct tdc_channel *channel)
{
	channel->filling = (channel->filling + 2) % TDC_RING;
	give_current(channel, 0);
	give_next(channel, 1);
}

/*
 * Full buffers that the hardware switched by itself. Returns true if there is still one to be
 * retired by us
 */
static bool serve_auto_switch(struct tdc_channel *channel, u32 base)
{
	u32 size = channel->tdc->buffer_records;

	if (likely(base == buffer_address(channel, 0)))
		return true;
	if (base != buffer_address(channel, 1)) {
		dev_warn_ratelimited(channel->tdc->dev, "channel %u: buffer at 0x%x is not ours\n",
				     channel->index + 1, base);
		rearm(channel);
		return false;
	}
	if (buffer_read(channel, BUFFER_CUR_SIZE) & BUFFER_SIZE_VALID) {
		give_next(channel, 2);
		deliver_buffer(channel, buffer_address(channel, 0), size);
		channel->filling = (channel->filling + 1) % TDC_RING;
		return true;
	}
	deliver_buffer(channel, buffer_address(channel, 0), size);
	deliver_buffer(channel, buffer_address(channel, 1), size);
	rearm(channel);
	return false;
}

/*
 * Deliver what is there. A switch that finds NEXT invalid, because the hardware switched in
 * between or lost it, leaves CUR invalid: then the count may be that of either buffer.
 */
static int retire(struct tdc_channel *channel, bool enabled)
{
	u32 base = buffer_read(channel, BUFFER_CUR_BASE);
	u32 count, first, second;
	int ret;

	if (base == ~0U)
		return -ENODEV;
	if (!serve_auto_switch(channel, base))
		return 0;
	ret = switch_buffers(channel, enabled);
	if (ret)
		return ret;
	count = buffer_read(channel, BUFFER_CUR_COUNT);
	first = buffer_address(channel, 0);
	if (likely(buffer_read(channel, BUFFER_CUR_SIZE) & BUFFER_SIZE_VALID)) {
		give_next(channel, 2);
		channel->filling = (channel->filling + 1) % TDC_RING;
		deliver_buffer(channel, first, count);
		return 0;
	}
	second = buffer_address(channel, 1);
	if (filled_up(channel, first, count)) {
		deliver_buffer(channel, first, channel->tdc->buffer_records);
		first = second;
	}
	deliver_buffer(channel, first, count);
	rearm(channel);
	return 0;
}

static int serve(struct tdc_channel *channel, bool enabled)
{
	u64 now = ktime_get_ns();
	int ret = retire(channel, enabled);

	if (!ret)
		channel->oldest = now;
	return ret;
}

/*
 * Both buffers given, nothing in them: what an earlier session left is retired and never read. DONE
 * may stand from a switch that was given up
 */
static int set_up(struct tdc_channel *channel)
{
	int ret;

	buffer_write(channel, BUFFER_CSR, buffer_csr(channel, false) | BUFFER_CSR_DONE);
	buffer_write(channel, BUFFER_CUR_SIZE, 0);
	channel->filling = 0;
	give_next(channel, 0);
	ret = switch_buffers(channel, false);
	if (ret)
		return ret;
	if (!(buffer_read(channel, BUFFER_CUR_SIZE) & BUFFER_SIZE_VALID))
		give_current(channel, 0);
	give_next(channel, 1);
	tdc_write(channel->tdc, TDC_CHANNEL(channel->index) + CHANNEL_CSR, CHANNEL_CSR_RST_SEQ);
	buffer_write(channel, BUFFER_CSR, buffer_csr(channel, true));
	return 0;
}

static void inputs_on(struct tdc_channel *channel)
{
	tdc_write(channel->tdc, TDC_EIC + EIC_IER, EIC_DMA(channel->index));
	tdc_update_inputs(channel->tdc, 0, TDC_INPUT_CHANNEL(channel->index));
}

static void inputs_off(struct tdc_channel *channel)
{
	tdc_update_inputs(channel->tdc, TDC_INPUT_CHANNEL(channel->index), 0);
	tdc_write(channel->tdc, TDC_EIC + EIC_IDR, EIC_DMA(channel->index));
}

static void let_in(struct tdc_channel *channel)
{
	channel->oldest = ktime_get_ns();
	channel->empty = 0;
	channel->services_seen = channel->services - 1;
	channel->running = true;
	tdc_fail_reader(channel, false);
	inputs_on(channel);
}

static void take_buffers(struct tdc_channel *channel)
{
	buffer_write(channel, BUFFER_CSR, 0);
	buffer_write(channel, BUFFER_CUR_SIZE, 0);
	buffer_write(channel, BUFFER_NEXT_SIZE, 0);
}

/* Nothing will come until the channel is started again, and who waits for it is told */
static void fail(struct tdc_channel *channel)
{
	lockdep_assert_held(&channel->tdc->capture);
	channel->running = false;
	tdc_fail_reader(channel, true);
}

/* A switch did not complete. Begin anew; who reads sees it as loss */
static void reinitialize(struct tdc_channel *channel)
{
	struct tdc *tdc = channel->tdc;

	inputs_off(channel);
	while (++channel->failures <= SWITCH_FAILURES) {
		if (set_up(channel))
			continue;
		tdc_stream_continue(&channel->stream, tdc_now_seconds(tdc));
		let_in(channel);
		return;
	}
	dev_err(tdc->dev, "channel %u stopped: its buffers cannot be switched; enable it again\n",
		channel->index + 1);
	take_buffers(channel);
	fail(channel);
}

static void serve_channel(struct tdc_channel *channel)
{
	struct tdc_counts *counts = &channel->stream.counts;
	u64 received = counts->received, lost = counts->lost;
	struct tdc *tdc = channel->tdc;
	int ret;

	lockdep_assert_held(&tdc->capture);
	channel->services++;
	ret = serve(channel, true);
	if (ret == -ENODEV) {
		tdc_engine_gone(tdc);
		return;
	}
	if (ret) {
		reinitialize(channel);
		return;
	}
	channel->failures = 0;
	if (counts->lost != lost)
		tdc_notify_lost(channel);
	if (counts->received != received) {
		channel->empty = 0;
	} else if (++channel->empty == EMPTY_LIMIT) {
		tdc_write(tdc, TDC_EIC + EIC_IDR, EIC_DMA(channel->index));
		dev_err(tdc->dev, "channel %u: its interrupt stands and there is nothing: until the next enable it is looked at in intervals of %u ms\n",
			channel->index + 1, WATCH_MS);
	}
}

/* Interrupts that stand and are enabled. All-ones: the core is in reset, or gone */
static u32 pending(struct tdc *tdc)
{
	u32 levels = tdc_read(tdc, TDC_EIC + EIC_ISR);

	return levels == ~0U ? levels : levels & tdc_read(tdc, TDC_EIC + EIC_IMR);
}

/* A full buffer that the hardware switched by itself withdrew the interrupt of its channel */
static bool switched(struct tdc_channel *channel)
{
	return buffer_read(channel, BUFFER_CUR_BASE) != buffer_address(channel, 0);
}

/* Returns whether there was something to serve */
static bool serve_channels(struct tdc *tdc, u32 levels)
{
	bool served = false;
	unsigned int i;

	guard(mutex)(&tdc->capture);
	for (i = 0; i < TDC_CHANNELS; i++) {
		struct tdc_channel *channel = &tdc->channel[i];

		if (!channel->running) {
			if (!(levels & EIC_DMA(i)))
				continue;
			tdc_write(tdc, TDC_EIC + EIC_IDR, EIC_DMA(i));
		} else if (levels & EIC_DMA(i) || switched(channel)) {
			serve_channel(channel);
		} else {
			continue;
		}
		served = true;
	}
	return served;
}

static irqreturn_t tdc_irq(int irq, void *data)
{
	struct tdc *tdc = data;
	u32 levels = pending(tdc);

	/* Which of the two all-ones is, the watchdog tells */
	if (levels == ~0U || !serve_channels(tdc, levels)) {
		tdc->irqs_spurious++;
		return IRQ_NONE;
	}
	return IRQ_HANDLED;
}

/* Nothing waits to be announced: what will be read next was made within the last timeout */
static void note_quiet(struct tdc_channel *channel, u64 now)
{
	u64 timeout = (channel->timeout_ms + 1) * NSEC_PER_MSEC;

	if (!switched(channel))
		channel->oldest = max(channel->oldest, now - timeout);
}

/*
 * A source that stood at the last look and still does, and nobody came: serve it without interrupt
 */
static void watch_channel(struct tdc_channel *channel, u32 levels, u64 now)
{
	struct tdc *tdc = channel->tdc;

	if (!channel->running)
		return;
	if (!(levels & EIC_DMA(channel->index))) {
		channel->services_seen = channel->services - 1;
		note_quiet(channel, now);
		return;
	}
	if (channel->services_seen == channel->services) {
		tdc->irqs_lost++;
		serve_channel(channel);
	}
	channel->services_seen = channel->services;
}

/*
 * Under the lock, so that nobody resets the board meanwhile. Returns after how many ms to look
 * again, 0: never
 */
static unsigned int watch(struct tdc *tdc)
{
	unsigned int i, interval = WATCH_IDLE_MS;
	u64 now = ktime_get_ns();
	u32 levels;

	lockdep_assert_held(&tdc->lock);
	if (tdc->engine == TDC_ENGINE_GONE || tdc->engine == TDC_ENGINE_SUSPENDED)
		return 0;
	if (spec_fmc_check(tdc->fmc)) {
		tdc_engine_gone(tdc);
		return 0;
	}
	if (tdc->engine == TDC_ENGINE_FAILED)
		return interval;
	guard(mutex)(&tdc->capture);
	/* Also of a source that was silenced */
	levels = tdc_read(tdc, TDC_EIC + EIC_ISR);
	if (levels == ~0U) {
		tdc_engine_gone(tdc);
		return 0;
	}
	tdc_look_at_time(tdc);
	for (i = 0; i < TDC_CHANNELS; i++) {
		watch_channel(&tdc->channel[i], levels, now);
		if (tdc->channel[i].running)
			interval = WATCH_MS;
	}
	return interval;
}

static void tdc_watch(struct work_struct *work)
{
	struct tdc *tdc = container_of(to_delayed_work(work), struct tdc, watch);
	unsigned int interval;

	guard(mutex)(&tdc->lock);
	interval = watch(tdc);
	if (interval)
		schedule_delayed_work(&tdc->watch, msecs_to_jiffies(interval));
}

/**
 * tdc_channel_start() - let timestamps come
 * @channel: not running
 */
int tdc_channel_start(struct tdc_channel *channel)
{
	struct tdc *tdc = channel->tdc;
	int ret;

	lockdep_assert_held(&tdc->lock);
	guard(mutex)(&tdc->capture);
	inputs_off(channel);
	ret = set_up(channel);
	if (ret)
		return ret;
	tdc_stream_start(&channel->stream, tdc_now_seconds(tdc));
	channel->failures = 0;
	let_in(channel);
	mod_delayed_work(compat_system_wq, &tdc->watch, 0);
	return 0;
}

/**
 * tdc_channels_continue() - start the channels that are wanted, after the board was reset
 * @tdc: brought up
 *
 * To who reads it is the session that began before. One that does not start is tried again, and
 * then stopped.
 */
void tdc_channels_continue(struct tdc *tdc)
{
	unsigned int i;

	lockdep_assert_held(&tdc->lock);
	guard(mutex)(&tdc->capture);
	for (i = 0; i < TDC_CHANNELS; i++) {
		struct tdc_channel *channel = &tdc->channel[i];

		if (!channel->wanted)
			continue;
		channel->failures = 0;
		reinitialize(channel);
	}
}

/**
 * tdc_channels_fail() - nothing will come from this board
 * @tdc: with no channel running
 */
void tdc_channels_fail(struct tdc *tdc)
{
	unsigned int i;

	guard(mutex)(&tdc->capture);
	for (i = 0; i < TDC_CHANNELS; i++)
		if (tdc->channel[i].wanted)
			fail(&tdc->channel[i]);
}

/**
 * tdc_channel_stop() - no more timestamps; those taken are delivered
 * @channel: running, or stopped already
 */
void tdc_channel_stop(struct tdc_channel *channel)
{
	struct tdc *tdc = channel->tdc;
	int ret;

	lockdep_assert_held(&tdc->lock);
	guard(mutex)(&tdc->capture);
	if (!channel->running)
		return;
	inputs_off(channel);
	channel->running = false;
	ret = serve(channel, false);
	if (ret == -ENODEV)
		tdc_engine_gone(tdc);
	else if (ret)
		dev_warn(tdc->dev, "channel %u: its last timestamps are lost\n",
			 channel->index + 1);
	take_buffers(channel);
}

/**
 * tdc_serve_all() - deliver what there is, of all channels
 * @tdc: answering, under tdc->lock
 */
void tdc_serve_all(struct tdc *tdc)
{
	unsigned int i;

	guard(mutex)(&tdc->capture);
	for (i = 0; i < TDC_CHANNELS; i++) {
		struct tdc_channel *channel = &tdc->channel[i];

		if (!channel->running)
			continue;
		channel->empty = 0;
		serve_channel(channel);
	}
}

/**
 * tdc_stop_all() - stop the channels that run; they remain wanted
 * @tdc: any
 */
void tdc_stop_all(struct tdc *tdc)
{
	unsigned int i;

	for (i = 0; i < TDC_CHANNELS; i++)
		tdc_channel_stop(&tdc->channel[i]);
	/* What failed just now is not to call for a recovery of what comes next */
	scoped_guard(mutex, &tdc->capture)
		tdc->dma_failures = 0;
	cancel_work(&tdc->recovery);
}

static void free_chunks(void *data)
{
	struct tdc *tdc = data;
	unsigned int i;

	for (i = 0; i < TDC_CHUNKS && tdc->chunk[i]; i++)
		dma_free_coherent(tdc->dev->parent, TDC_CHUNK_BYTES, tdc->chunk[i],
				  tdc->chunk_bus[i]);
}

/**
 * tdc_capture_alloc() - memory for DMA
 * @tdc: with nothing enabled
 *
 * All that is needed is taken here, so that no transfer can lack it. It goes after the board was
 * reset: a transfer that could not be stopped may still write to it.
 */
int tdc_capture_alloc(struct tdc *tdc)
{
	unsigned int i;
	int ret;

	ret = devm_add_action(tdc->dev, free_chunks, tdc);
	if (ret)
		return ret;
	for (i = 0; i < TDC_CHUNKS; i++) {
		tdc->chunk[i] = dma_alloc_coherent(tdc->dev->parent, TDC_CHUNK_BYTES,
						   &tdc->chunk_bus[i], GFP_KERNEL);
		if (!tdc->chunk[i])
			return -ENOMEM;
	}
	return 0;
}

/**
 * tdc_capture_init() - interrupt and watchdog
 * @tdc: with nothing enabled
 */
int tdc_capture_init(struct tdc *tdc)
{
	INIT_DELAYED_WORK(&tdc->watch, tdc_watch);
	return devm_request_threaded_irq(tdc->dev, tdc->fmc->irq, NULL, tdc_irq, IRQF_ONESHOT,
					 "fmc-tdc", tdc);
}
