// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual FMC TDC in configfs: "tdc" with what surrounds the card, "input0" to "input4" with
 * what arrives there.
 *
 * A time is either "SECONDS.FRACTION" as the card counts seconds now, or "+N", N ps from now.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "tdc.h"

#define RECORDING_MAX	(16 << 20)	/* bytes of text */
#define AGE_MAX		(10 * 365 * 86400)	/* s */
#define PERIOD_MAX	1000000000000000ULL	/* ps; keeps sums far from overflow */

static void read_time(const struct tdc *tdc, s64 ps, u32 *seconds, u64 *within)
{
	const struct acam_clock *clock = tdc_clock(tdc);
	s64 passed = div64_s64(ps - clock->second, ACAM_SECOND_PS);

	*seconds = clock->tai + (u32)passed;
	*within = ps - clock->second - passed * ACAM_SECOND_PS;
}

/* The time that the card will read as @seconds and @within next, or has read last */
static int time_of(const struct tdc *tdc, u32 seconds, u64 within, s64 *ps)
{
	s64 now = tdc_ps(tdc, vhw_now());
	u32 seconds_now;
	u64 within_now;
	s64 ahead;

	read_time(tdc, now, &seconds_now, &within_now);
	ahead = (s64)(s32)(seconds - seconds_now) * ACAM_SECOND_PS / 1000;
	if (abs(ahead) > PULSE_AHEAD_PS / 1000) {
		pr_err_ratelimited("%s: %u.%012llu s is more than %u days from now\n",
				   vhw_name(tdc->fmc->board), seconds, within, PULSE_AHEAD_DAYS);
		return -ERANGE;
	}
	*ps = now - within_now + ahead * 1000 + within;
	return 0;
}

static int parse_time(const struct tdc *tdc, const char **text, const char *end, s64 *ps)
{
	u32 seconds;
	u64 number;
	int error;

	while (*text < end && **text == ' ')
		(*text)++;
	if (*text < end && **text == '+') {
		(*text)++;
		error = pulse_parse_number(text, end, &number);
		*ps = tdc_ps(tdc, vhw_now()) + number;
		return number > PERIOD_MAX ? -ERANGE : error;
	}
	error = pulse_parse_seconds(text, end, &seconds, &number);
	return error ?: time_of(tdc, seconds, number, ps);
}

static bool live(const struct tdc *tdc)
{
	return vhw_live(tdc->fmc->board);
}

/* "tdc" */

static struct tdc *tdc_of(struct config_item *item)
{
	return fmc_priv(fmc_of(item));
}

static ssize_t tdc_time_show(struct config_item *item, char *page)
{
	struct tdc *tdc = tdc_of(item);
	u32 seconds = 0;
	u64 within = 0;

	scoped_guard(vhw_world)
		if (live(tdc)) {
			tdc_sync(tdc);
			read_time(tdc, tdc_ps(tdc, vhw_now()), &seconds, &within);
		}
	return sysfs_emit(page, "%u.%012llu\n", seconds, within);
}

static ssize_t tdc_engine_show(struct config_item *item, char *page)
{
	static const char * const names[] = {
		[TDC_INACTIVE] = "inactive",
		[TDC_WAITING] = "waiting",
		[TDC_SETTLING] = "settling",
		[TDC_ACTIVE] = "active",
	};
	struct tdc *tdc = tdc_of(item);
	bool deaf = tdc->engine == TDC_ACTIVE && (tdc->stop_disabled || tdc->misloaded);

	return sysfs_emit(page, "%s\n", deaf ? "deaf" : names[tdc->engine]);
}

static ssize_t tdc_input_enable_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "0x%06x\n", tdc_of(item)->input_enable);
}

static ssize_t tdc_temperature_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", tdc_of(item)->temperature);
}

static ssize_t tdc_temperature_store(struct config_item *item, const char *page, size_t length)
{
	s16 value;
	int error = kstrtos16(page, 0, &value);

	if (error)
		return error;
	guard(vhw_world)();
	tdc_of(item)->temperature = value;
	return length;
}

static ssize_t tdc_onewire_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", tdc_of(item)->onewire);
}

/* A switch that can change at any time, from which on it holds */
static ssize_t store_switch(struct tdc *tdc, bool *which, const char *page, size_t length)
{
	bool value;
	int error = kstrtobool(page, &value);

	if (error)
		return error;
	guard(vhw_world)();
	if (live(tdc))
		tdc_sync(tdc);
	*which = value;
	return length;
}

static ssize_t tdc_onewire_store(struct config_item *item, const char *page, size_t length)
{
	struct tdc *tdc = tdc_of(item);

	return store_switch(tdc, &tdc->onewire, page, length);
}

static ssize_t tdc_exact_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", tdc_of(item)->exact);
}

static ssize_t tdc_exact_store(struct config_item *item, const char *page, size_t length)
{
	struct tdc *tdc = tdc_of(item);

	return store_switch(tdc, &tdc->exact, page, length);
}

static ssize_t tdc_wr_link_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", tdc_of(item)->wr_link);
}

static ssize_t tdc_wr_link_store(struct config_item *item, const char *page, size_t length)
{
	struct tdc *tdc = tdc_of(item);
	bool value;
	int error = kstrtobool(page, &value);

	if (error)
		return error;
	guard(vhw_world)();
	if (live(tdc) && value != tdc->wr_link) {
		tdc_sync(tdc);
		tdc_set_wr_link(tdc, value);
		tdc_rearm(tdc);
	}
	tdc->wr_link = value;
	return length;
}

/* A number that can only change while the power is off */
static ssize_t store_setting(struct tdc *tdc, u32 *which, const char *page, size_t length, u32 max)
{
	u32 value;
	int error = kstrtou32(page, 0, &value);

	if (error)
		return error;
	if (value > max)
		return -ERANGE;
	guard(vhw_world)();
	if (live(tdc))
		return -EBUSY;
	*which = value;
	return length;
}

static ssize_t tdc_wr_lock_ms_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", tdc_of(item)->wr_lock_ms);
}

static ssize_t tdc_wr_lock_ms_store(struct config_item *item, const char *page, size_t length)
{
	return store_setting(tdc_of(item), &tdc_of(item)->wr_lock_ms, page, length, 600000);
}

static ssize_t tdc_pll_lock_us_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", tdc_of(item)->pll_lock_us);
}

static ssize_t tdc_pll_lock_us_store(struct config_item *item, const char *page, size_t length)
{
	return store_setting(tdc_of(item), &tdc_of(item)->pll_lock_us, page, length, 60000000);
}

static ssize_t tdc_wr_tai_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", tdc_of(item)->wr_tai);
}

static ssize_t tdc_wr_tai_store(struct config_item *item, const char *page, size_t length)
{
	return store_setting(tdc_of(item), &tdc_of(item)->wr_tai, page, length, U32_MAX);
}

static ssize_t tdc_age_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", tdc_of(item)->age);
}

static ssize_t tdc_age_store(struct config_item *item, const char *page, size_t length)
{
	return store_setting(tdc_of(item), &tdc_of(item)->age, page, length, AGE_MAX);
}

CONFIGFS_ATTR_RO(tdc_, time);
CONFIGFS_ATTR_RO(tdc_, engine);
CONFIGFS_ATTR_RO(tdc_, input_enable);
CONFIGFS_ATTR(tdc_, temperature);
CONFIGFS_ATTR(tdc_, onewire);
CONFIGFS_ATTR(tdc_, exact);
CONFIGFS_ATTR(tdc_, wr_link);
CONFIGFS_ATTR(tdc_, wr_lock_ms);
CONFIGFS_ATTR(tdc_, pll_lock_us);
CONFIGFS_ATTR(tdc_, wr_tai);
CONFIGFS_ATTR(tdc_, age);

struct configfs_attribute *tdc_attrs[] = {
	&tdc_attr_time,
	&tdc_attr_engine,
	&tdc_attr_input_enable,
	&tdc_attr_temperature,
	&tdc_attr_onewire,
	&tdc_attr_exact,
	&tdc_attr_wr_link,
	&tdc_attr_wr_lock_ms,
	&tdc_attr_pll_lock_us,
	&tdc_attr_wr_tai,
	&tdc_attr_age,
	NULL
};

/* "train" and "noise" of an input */

static struct tdc_train_dir *train_of(struct config_item *item)
{
	return container_of(vhw_dir_of(item), struct tdc_train_dir, dir);
}

/* A setting stands while the generator runs; one that has given all its pulses does not run */
static ssize_t store_ps(struct config_item *item, u64 *which, const char *page, size_t length)
{
	struct tdc_train_dir *dir = train_of(item);
	u64 value;
	int error = kstrtou64(page, 0, &value);

	if (error)
		return error;
	if (value > PERIOD_MAX)
		return -ERANGE;
	guard(vhw_world)();
	if (live(dir->channel->tdc))
		tdc_sync(dir->channel->tdc);
	if (pulse_train_active(dir->train))
		return -EBUSY;
	dir->train->running = false;
	*which = value;
	return length;
}

#define TRAIN_NUMBER(_name)								\
static ssize_t train_##_name##_show(struct config_item *item, char *page)		\
{											\
	return sysfs_emit(page, "%llu\n", train_of(item)->train->_name);		\
}											\
static ssize_t train_##_name##_store(struct config_item *item, const char *page,	\
				     size_t length)					\
{											\
	return store_ps(item, &train_of(item)->train->_name, page, length);	\
}											\
CONFIGFS_ATTR(train_, _name)

TRAIN_NUMBER(period);
TRAIN_NUMBER(width);
TRAIN_NUMBER(width_max);
TRAIN_NUMBER(jitter);
TRAIN_NUMBER(count);
TRAIN_NUMBER(burst);
TRAIN_NUMBER(burst_period);
TRAIN_NUMBER(seed);

static ssize_t train_run_show(struct config_item *item, char *page)
{
	struct tdc_train_dir *dir = train_of(item);

	guard(vhw_world)();
	if (live(dir->channel->tdc))
		tdc_sync(dir->channel->tdc);
	return sysfs_emit(page, "%d\n", pulse_train_active(dir->train));
}

/* Pulses a second that a generator gives for long, if it runs */
static u64 lasting_rate(const struct pulse_train *train)
{
	bool soon_over = train->count && train->count <= PULSE_SOON_OVER;

	return pulse_train_active(train) && !soon_over ? pulse_train_rate(train) : 0;
}

/* Pulses a second of all generators of the card, once one more runs that does not yet */
static u64 rate_with(const struct tdc *tdc, const struct pulse_train *train)
{
	u64 rate = pulse_train_rate(train);
	const struct tdc_channel *ch;

	if (train->count && train->count <= PULSE_SOON_OVER)
		return rate;
	for (ch = tdc->channel; ch < tdc->channel + TDC_CHANNELS; ch++)
		rate += lasting_rate(&ch->input.train) + lasting_rate(&ch->input.noise);
	return rate;
}

static int start_train(struct tdc_train_dir *dir, const char *page, size_t length)
{
	struct tdc *tdc = dir->channel->tdc;
	const char *end = page + length;
	s64 start;
	u64 rate;
	int error;

	if (!pulse_train_valid(dir->train))
		return -EINVAL;
	dir->train->running = false;
	rate = rate_with(tdc, dir->train);
	if (rate > PULSE_RATE_MAX) {
		pr_err_ratelimited("%s: %llu pulses a second together, %u are allowed\n",
				   vhw_name(tdc->fmc->board), rate, PULSE_RATE_MAX);
		return -EOVERFLOW;
	}
	error = parse_time(tdc, &page, end, &start);
	if (error)
		return error;
	if (start < tdc_ps(tdc, vhw_now()))
		return -ERANGE;
	dir->train->start = start;
	dir->train->first = 0;
	dir->train->next = 0;
	dir->train->running = true;
	return 0;
}

/* "0" stops, a time starts */
static ssize_t train_run_store(struct config_item *item, const char *page, size_t length)
{
	struct tdc_train_dir *dir = train_of(item);
	struct tdc *tdc = dir->channel->tdc;
	int error = 0;

	guard(vhw_world)();
	if (!live(tdc))
		return -ENODEV;
	tdc_sync(tdc);
	if (sysfs_streq(page, "0"))
		dir->train->running = false;
	else
		error = start_train(dir, page, length);
	tdc_rearm(tdc);
	return error ?: length;
}

CONFIGFS_ATTR(train_, run);

static struct configfs_attribute *train_attrs[] = {
	&train_attr_period,
	&train_attr_width,
	&train_attr_width_max,
	&train_attr_jitter,
	&train_attr_count,
	&train_attr_burst,
	&train_attr_burst_period,
	&train_attr_seed,
	&train_attr_run,
	NULL
};

/* "input0" to "input4" */

static struct tdc_channel *channel_of(struct config_item *item)
{
	return container_of(vhw_dir_of(item), struct tdc_channel, dir);
}

static int add_pulse(struct tdc_channel *ch, const char *line, const char *end)
{
	struct tdc *tdc = ch->tdc;
	u64 width;
	s64 time;
	int error;

	error = parse_time(tdc, &line, end, &time) ?: pulse_parse_number(&line, end, &width);
	if (error)
		return error;
	if (line != end || !width)
		return -EINVAL;
	if (time < tdc_ps(tdc, vhw_now()) || width > PERIOD_MAX)
		return -ERANGE;
	return pulse_add_single(&ch->input, time, width);
}

/* Lines of a time and a width in ps; those before a bad one stand */
static ssize_t input_pulse_store(struct config_item *item, const char *page, size_t length)
{
	struct tdc_channel *ch = channel_of(item);
	const char *end = page + length;
	const char *line, *line_end;
	int error = 0;

	guard(vhw_world)();
	if (!live(ch->tdc))
		return -ENODEV;
	tdc_sync(ch->tdc);
	for (line = page; line < end && !error; line = line_end + 1) {
		line_end = memchr(line, '\n', end - line) ?: end;
		if (line_end > line)
			error = add_pulse(ch, line, line_end);
	}
	tdc_rearm(ch->tdc);
	return error ?: length;
}

static ssize_t input_sequence_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "0x%07x\n", channel_of(item)->sequence);
}

static ssize_t input_sequence_store(struct config_item *item, const char *page, size_t length)
{
	struct tdc_channel *ch = channel_of(item);
	u32 value;
	int error = kstrtou32(page, 0, &value);

	if (error)
		return error;
	if (value >= TDC_SEQUENCES)
		return -ERANGE;
	guard(vhw_world)();
	if (!live(ch->tdc))
		return -ENODEV;
	tdc_sync(ch->tdc);
	ch->sequence = value;
	return length;
}

/* A counter, brought up to date */
static ssize_t show_counter(struct config_item *item, const u64 *counter, char *page)
{
	struct tdc_channel *ch = channel_of(item);

	guard(vhw_world)();
	if (live(ch->tdc))
		tdc_sync(ch->tdc);
	return sysfs_emit(page, "%llu\n", *counter);
}

static ssize_t input_records_show(struct config_item *item, char *page)
{
	return show_counter(item, &channel_of(item)->records, page);
}

static ssize_t input_dropped_show(struct config_item *item, char *page)
{
	return show_counter(item, &channel_of(item)->dropped, page);
}

static ssize_t input_swallowed_show(struct config_item *item, char *page)
{
	return show_counter(item, &channel_of(item)->input.swallowed, page);
}

/* Pulses given one by one or by recording that have not come yet */
static ssize_t input_waiting_show(struct config_item *item, char *page)
{
	struct tdc_channel *ch = channel_of(item);
	const struct pulse_input *input = &ch->input;

	guard(vhw_world)();
	if (live(ch->tdc))
		tdc_sync(ch->tdc);
	return sysfs_emit(page, "%u\n", input->singles + input->recorded - input->played);
}

static void set_recording(struct tdc_channel *ch, struct pulse *pulses, u32 count, s64 start)
{
	ch->recording = pulses;
	ch->input.recording = pulses;
	ch->input.recording_start = start;
	ch->input.recorded = count;
	ch->input.played = 0;
}

/*
 * Where the times of a recording begin: "@TIME" in its first line, or now. Moves @text behind it.
 */
static int recording_base(const struct tdc *tdc, const char **text, const char *end, s64 *base)
{
	const char *line_end;
	int error;

	*base = tdc_ps(tdc, vhw_now());
	if (*text == end || **text != '@')
		return 0;
	(*text)++;
	line_end = memchr(*text, '\n', end - *text) ?: end;
	error = parse_time(tdc, text, line_end, base);
	if (error)
		return error;
	return *text == line_end ? 0 : -EINVAL;
}

/* @pulses are exchanged for those of the recording before */
static int play(struct tdc_channel *ch, const char *text, const char *end, struct pulse **pulses,
		u32 count)
{
	struct tdc *tdc = ch->tdc;
	struct pulse *old = ch->recording;
	s64 base;
	int error;

	if (!live(tdc))
		return -ENODEV;
	tdc_sync(tdc);
	error = recording_base(tdc, &text, end, &base);
	if (error)
		return error;
	if (base < tdc_ps(tdc, vhw_now()))
		return -ERANGE;
	set_recording(ch, *pulses, count, base);
	tdc_rearm(tdc);
	*pulses = old;
	return 0;
}

static int take_recording(struct tdc_channel *ch, const char *text, const char *end)
{
	const char *edges = text;
	struct pulse *pulses;
	u32 count;
	int error;

	if (text < end && *text == '@')
		edges = memchr(text, '\n', end - text) ?: end;
	error = pulse_parse_edges(edges, end, NULL, &count);
	if (error)
		return error;
	pulses = kvcalloc(max(count, 1U), sizeof(*pulses), GFP_KERNEL);
	if (!pulses)
		return -ENOMEM;
	error = pulse_parse_edges(edges, end, pulses, &count);
	if (!error && pulse_edges_too_dense(pulses, count))
		error = -EOVERFLOW;
	if (!error) {
		guard(vhw_world)();
		error = play(ch, text, end, &pulses, count);
	}
	kvfree(pulses);
	return error;
}

/*
 * A recording is complete, and begins to play, when its file is closed. Nobody learns the result of
 * a close, hence the log.
 */
static ssize_t input_edges_write(struct config_item *item, const void *buffer, size_t length)
{
	struct tdc_channel *ch = channel_of(item);
	int error = take_recording(ch, buffer, buffer + length);

	if (error)
		pr_err_ratelimited("%s: input%u: the recording is refused: %s\n",
				   vhw_name(ch->tdc->fmc->board), ch->index,
				   error == -ENODEV ? "the board is not live" :
				   error == -ERANGE ? "begins in the past, or exceeds 30 days" :
				   error == -EOVERFLOW ? "more than 10000 pulses in a millisecond" :
				   error == -ENOMEM ? "no memory" :
				   "a line is not \"PS 0\" or \"PS 1\", later than the one before");
	return error ?: length;
}

CONFIGFS_ATTR_WO(input_, pulse);
CONFIGFS_ATTR(input_, sequence);
CONFIGFS_ATTR_RO(input_, records);
CONFIGFS_ATTR_RO(input_, dropped);
CONFIGFS_ATTR_RO(input_, swallowed);
CONFIGFS_ATTR_RO(input_, waiting);
CONFIGFS_BIN_ATTR_WO(input_, edges, NULL, RECORDING_MAX);

static struct configfs_attribute *input_attrs[] = {
	&input_attr_pulse,
	&input_attr_sequence,
	&input_attr_records,
	&input_attr_dropped,
	&input_attr_swallowed,
	&input_attr_waiting,
	NULL
};

static struct configfs_bin_attribute *input_bin_attrs[] = {
	&input_attr_edges,
	NULL
};

static int add_train(struct tdc_channel *ch, struct tdc_train_dir *dir, struct pulse_train *train,
		     const char *name)
{
	dir->train = train;
	dir->channel = ch;
	return vhw_part_add_dir(&ch->tdc->fmc->part, &dir->dir, &ch->dir, name, train_attrs, NULL);
}

static int add_input(struct tdc_channel *ch)
{
	char name[8];

	snprintf(name, sizeof(name), "input%u", ch->index);
	return vhw_part_add_dir(&ch->tdc->fmc->part, &ch->dir, NULL, name, input_attrs,
				input_bin_attrs) ?:
	       add_train(ch, &ch->train_dir, &ch->input.train, "train") ?:
	       add_train(ch, &ch->noise_dir, &ch->input.noise, "noise");
}

/**
 * tdc_config_init() - the mezzanine is plugged in: its directories
 * @tdc: the card
 *
 * Return: 0 or -errno.
 */
int tdc_config_init(struct tdc *tdc)
{
	int error = 0;

	for (unsigned int i = 0; i < TDC_CHANNELS && !error; i++)
		error = add_input(&tdc->channel[i]);
	return error;
}

/* Nothing arrives at a board without power: settings stay, what was playing is gone */
void tdc_config_power_off(struct tdc *tdc)
{
	struct tdc_channel *ch;

	for (ch = tdc->channel; ch < tdc->channel + TDC_CHANNELS; ch++) {
		scoped_guard(vhw_world) {
			ch->input.train.running = false;
			ch->input.noise.running = false;
			ch->input.singles = 0;
			ch->input.recording = NULL;
			ch->input.recorded = 0;
			ch->input.played = 0;
			ch->input.busy_until = 0;
			ch->in_pulse = false;
		}
		kvfree(ch->recording);
		ch->recording = NULL;
	}
}
