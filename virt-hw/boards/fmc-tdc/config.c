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
	return container_of(to_config_group(item), struct tdc, group);
}

static ssize_t tdc_time_show(struct config_item *item, char *page)
{
	struct tdc *tdc = tdc_of(item);
	u32 seconds = 0;
	u64 within = 0;

	scoped_guard(vhw_world)
		if (live(tdc))
			read_time(tdc, tdc_ps(tdc, vhw_now()), &seconds, &within);
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

static struct configfs_attribute *tdc_attrs[] = {
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
	NULL
};

static void put_board(struct tdc *tdc)
{
	config_group_put(vhw_group(tdc->fmc->board));
}

static void tdc_release(struct config_item *item)
{
	put_board(tdc_of(item));
}

static struct configfs_item_operations tdc_item_ops = {
	.release = tdc_release,
};

static const struct config_item_type tdc_type = {
	.ct_item_ops = &tdc_item_ops,
	.ct_attrs = tdc_attrs,
	.ct_owner = THIS_MODULE,
};

/* "train" and "noise" of an input */

static struct tdc_train_group *train_group_of(struct config_item *item)
{
	return container_of(to_config_group(item), struct tdc_train_group, group);
}

/* A setting stands while the generator runs; one that has given all its pulses does not run */
static ssize_t store_ps(struct config_item *item, u64 *which, const char *page, size_t length)
{
	struct tdc_train_group *group = train_group_of(item);
	u64 value;
	int error = kstrtou64(page, 0, &value);

	if (error)
		return error;
	if (value > PERIOD_MAX)
		return -ERANGE;
	guard(vhw_world)();
	if (live(group->channel->tdc))
		tdc_sync(group->channel->tdc);
	if (pulse_train_active(group->train))
		return -EBUSY;
	group->train->running = false;
	*which = value;
	return length;
}

#define TRAIN_NUMBER(_name)								\
static ssize_t train_##_name##_show(struct config_item *item, char *page)		\
{											\
	return sysfs_emit(page, "%llu\n", train_group_of(item)->train->_name);		\
}											\
static ssize_t train_##_name##_store(struct config_item *item, const char *page,	\
				     size_t length)					\
{											\
	return store_ps(item, &train_group_of(item)->train->_name, page, length);	\
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
	struct tdc_train_group *group = train_group_of(item);

	guard(vhw_world)();
	if (live(group->channel->tdc))
		tdc_sync(group->channel->tdc);
	return sysfs_emit(page, "%d\n", pulse_train_active(group->train));
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

static int start_train(struct tdc_train_group *group, const char *page, size_t length)
{
	struct tdc *tdc = group->channel->tdc;
	const char *end = page + length;
	s64 start;
	u64 rate;
	int error;

	if (!pulse_train_valid(group->train))
		return -EINVAL;
	group->train->running = false;
	rate = rate_with(tdc, group->train);
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
	group->train->start = start;
	group->train->next = 0;
	group->train->running = true;
	return 0;
}

/* "0" stops, a time starts */
static ssize_t train_run_store(struct config_item *item, const char *page, size_t length)
{
	struct tdc_train_group *group = train_group_of(item);
	struct tdc *tdc = group->channel->tdc;
	int error = 0;

	guard(vhw_world)();
	if (!live(tdc))
		return -ENODEV;
	tdc_sync(tdc);
	if (sysfs_streq(page, "0"))
		group->train->running = false;
	else
		error = start_train(group, page, length);
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

static void train_release(struct config_item *item)
{
	put_board(train_group_of(item)->channel->tdc);
}

static struct configfs_item_operations train_item_ops = {
	.release = train_release,
};

static const struct config_item_type train_type = {
	.ct_item_ops = &train_item_ops,
	.ct_attrs = train_attrs,
	.ct_owner = THIS_MODULE,
};

/* "input0" to "input4" */

static struct tdc_channel *channel_of(struct config_item *item)
{
	return container_of(to_config_group(item), struct tdc_channel, group);
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

static void input_release(struct config_item *item)
{
	put_board(channel_of(item)->tdc);
}

static struct configfs_item_operations input_item_ops = {
	.release = input_release,
};

static const struct config_item_type input_type = {
	.ct_item_ops = &input_item_ops,
	.ct_attrs = input_attrs,
	.ct_bin_attrs = input_bin_attrs,
	.ct_owner = THIS_MODULE,
};

/* Add a directory; it holds on to the board until its own release */
static void add_group(struct tdc *tdc, struct config_group *parent, struct config_group *group,
		      const char *name, const struct config_item_type *type)
{
	config_group_get(vhw_group(tdc->fmc->board));
	config_group_init_type_name(group, name, type);
	configfs_add_default_group(group, parent);
}

static void add_train(struct tdc_channel *ch, struct tdc_train_group *group,
		      struct pulse_train *train, const char *name)
{
	group->train = train;
	group->channel = ch;
	add_group(ch->tdc, &ch->group, &group->group, name, &train_type);
}

/**
 * tdc_config_init() - the part of mkdir that adds the mezzanine's directories
 * @tdc: the card
 * @parent: the board's directory
 */
void tdc_config_init(struct tdc *tdc, struct config_group *parent)
{
	struct tdc_channel *ch;
	char name[8];

	add_group(tdc, parent, &tdc->group, "tdc", &tdc_type);
	for (ch = tdc->channel; ch < tdc->channel + TDC_CHANNELS; ch++) {
		snprintf(name, sizeof(name), "input%u", ch->index);
		add_group(tdc, parent, &ch->group, name, &input_type);
		add_train(ch, &ch->train_group, &ch->input.train, "train");
		add_train(ch, &ch->noise_group, &ch->input.noise, "noise");
	}
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
