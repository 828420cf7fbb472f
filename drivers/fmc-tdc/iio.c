// SPDX-License-Identifier: GPL-2.0
/*
 * Five IIO devices a board: each input has its own rate, buffer and reader.
 */
#include <linux/iio/buffer.h>
#include <linux/iio/iio.h>
#include <linux/iio/kfifo_buf.h>
#include <linux/iio/sysfs.h>
#include <linux/math.h>

#include "tdc.h"

#define OHMS_TERMINATED	50
#define OHMS_OPEN	2000
#define PART_PICO_NS	1953125	/* 1/512 ns in units of 1e-9 ns */

enum { SCAN_SEQUENCE, SCAN_SUBNS, SCAN_FLAGS, SCAN_TIME };

static struct tdc_channel *to_channel(struct iio_dev *iio)
{
	return *(struct tdc_channel **)iio_priv(iio);
}

static struct tdc_channel *dev_to_channel(struct device *dev)
{
	return to_channel(dev_to_iio_dev(dev));
}

/* Buffer */

static int tdc_postenable(struct iio_dev *iio)
{
	struct tdc_channel *channel = to_channel(iio);
	struct tdc *tdc = channel->tdc;
	int ret;

	guard(mutex)(&tdc->lock);
	if (tdc->engine == TDC_ENGINE_GONE)
		return -ENODEV;
	if (tdc->engine == TDC_ENGINE_FAILED)
		return -EIO;
	if (tdc_asleep(tdc))
		return -EBUSY;
	ret = tdc_channel_start(channel);
	if (ret)
		return ret;
	channel->wanted = true;
	return 0;
}

static int tdc_predisable(struct iio_dev *iio)
{
	struct tdc_channel *channel = to_channel(iio);

	guard(mutex)(&channel->tdc->lock);
	channel->wanted = false;
	tdc_channel_stop(channel);
	return 0;
}

static const struct iio_buffer_setup_ops tdc_buffer_ops = {
	.postenable = tdc_postenable,
	.predisable = tdc_predisable,
};

static ssize_t hwfifo_timeout_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc_channel *channel = dev_to_channel(dev);

	return sysfs_emit(buf, "%u.%03u\n", channel->timeout_ms / 1000, channel->timeout_ms % 1000);
}

static ssize_t hwfifo_timeout_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t count)
{
	struct tdc_channel *channel = dev_to_channel(dev);
	int seconds, milli, ret;

	ret = iio_str_to_fixpoint(buf, 100, &seconds, &milli);
	if (ret)
		return ret;
	if (seconds < 0 || seconds > 1 || milli < 0)
		return -EINVAL;
	milli += seconds * 1000;
	if (milli < 1 || milli > TDC_TIMEOUT_MAX_MS)
		return -EINVAL;
	guard(mutex)(&channel->tdc->lock);
	/* The hardware compares for equality: a timer already beyond would run for a minute */
	if (channel->wanted)
		return -EBUSY;
	channel->timeout_ms = milli;
	return count;
}
static IIO_DEVICE_ATTR_RW(hwfifo_timeout, 0);

static ssize_t hwfifo_enabled_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", dev_to_channel(dev)->running);
}
static IIO_DEVICE_ATTR_RO(hwfifo_enabled, 0);

static const compat_iio_buffer_attr *tdc_buffer_attrs[] = {
	compat_iio_buffer_attr_of(hwfifo_timeout),
	compat_iio_buffer_attr_of(hwfifo_enabled),
	NULL
};

/* Attributes */

static ssize_t termination_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc_channel *channel = dev_to_channel(dev);

	guard(mutex)(&channel->tdc->lock);
	return sysfs_emit(buf, "%d\n", channel->tdc->terminations & TDC_INPUT_TERM(channel->index) ?
			  OHMS_TERMINATED : OHMS_OPEN);
}

static ssize_t termination_store(struct device *dev, struct device_attribute *attr, const char *buf,
				 size_t count)
{
	struct tdc_channel *channel = dev_to_channel(dev);
	u32 bit = TDC_INPUT_TERM(channel->index);
	struct tdc *tdc = channel->tdc;
	unsigned int ohms;
	int ret;

	ret = kstrtouint(buf, 10, &ohms);
	if (ret)
		return ret;
	if (ohms != OHMS_TERMINATED && ohms != OHMS_OPEN)
		return -EINVAL;
	guard(mutex)(&tdc->lock);
	tdc->terminations &= ~bit;
	if (ohms == OHMS_TERMINATED)
		tdc->terminations |= bit;
	if (!tdc_asleep(tdc))
		tdc_update_inputs(tdc, bit, tdc->terminations & bit);
	return count;
}
static IIO_DEVICE_ATTR_RW(termination, 0);

static IIO_CONST_ATTR(termination_available, "50 2000");

static ssize_t drop_duplicates_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", dev_to_channel(dev)->stream.drop_duplicates);
}

static ssize_t drop_duplicates_store(struct device *dev, struct device_attribute *attr,
				     const char *buf, size_t count)
{
	struct tdc_channel *channel = dev_to_channel(dev);
	bool drop;
	int ret;

	ret = kstrtobool(buf, &drop);
	if (ret)
		return ret;
	guard(mutex)(&channel->tdc->capture);
	channel->stream.drop_duplicates = drop;
	return count;
}
static IIO_DEVICE_ATTR_RW(drop_duplicates, 0);

static ssize_t last_timestamp_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc_channel *channel = dev_to_channel(dev);
	struct tdc_sample last;

	scoped_guard(mutex, &channel->tdc->capture)
		last = channel->last;
	if (!last.flags)
		return -ENODATA;
	return sysfs_emit(buf, "%lld.%09u\n", last.ns, last.subns * PART_PICO_NS);
}
static IIO_DEVICE_ATTR_RO(last_timestamp, 0);

static ssize_t count_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc_channel *channel = dev_to_channel(dev);
	const void *counts = &channel->stream.counts;
	u64 value;

	scoped_guard(mutex, &channel->tdc->capture)
		value = *(const u64 *)(counts + to_iio_dev_attr(attr)->address);
	return sysfs_emit(buf, "%llu\n", value);
}

static IIO_DEVICE_ATTR(received, 0444, count_show, NULL, offsetof(struct tdc_counts, received));
static IIO_DEVICE_ATTR(delivered, 0444, count_show, NULL, offsetof(struct tdc_counts, delivered));
static IIO_DEVICE_ATTR(lost, 0444, count_show, NULL, offsetof(struct tdc_counts, lost));
static IIO_DEVICE_ATTR(rejected, 0444, count_show, NULL, offsetof(struct tdc_counts, rejected));
static IIO_DEVICE_ATTR(duplicates, 0444, count_show, NULL, offsetof(struct tdc_counts, duplicates));
static IIO_DEVICE_ATTR(rollovers, 0444, count_show, NULL, offsetof(struct tdc_counts, rollovers));

static struct attribute *tdc_iio_attrs[] = {
	&iio_dev_attr_termination.dev_attr.attr,
	&iio_const_attr_termination_available.dev_attr.attr,
	&iio_dev_attr_drop_duplicates.dev_attr.attr,
	&iio_dev_attr_last_timestamp.dev_attr.attr,
	&iio_dev_attr_received.dev_attr.attr,
	&iio_dev_attr_delivered.dev_attr.attr,
	&iio_dev_attr_lost.dev_attr.attr,
	&iio_dev_attr_rejected.dev_attr.attr,
	&iio_dev_attr_duplicates.dev_attr.attr,
	&iio_dev_attr_rollovers.dev_attr.attr,
	NULL
};

static const struct attribute_group tdc_iio_group = {
	.attrs = tdc_iio_attrs,
};

static ssize_t show_ps(s32 delay, char *buf)
{
	return sysfs_emit(buf, "%d\n", DIV_ROUND_CLOSEST(delay, TDC_CALIBRATION_PER_PS));
}

static ssize_t zero_offset_show(struct iio_dev *iio, uintptr_t private,
				const struct iio_chan_spec *spec, char *buf)
{
	struct tdc_channel *channel = to_channel(iio);

	guard(mutex)(&channel->tdc->lock);
	return show_ps(channel->tdc->calibration.zero_offset[channel->index], buf);
}

static ssize_t wr_offset_show(struct iio_dev *iio, uintptr_t private,
			      const struct iio_chan_spec *spec, char *buf)
{
	struct tdc_channel *channel = to_channel(iio);

	guard(mutex)(&channel->tdc->lock);
	return show_ps(channel->tdc->calibration.wr_offset, buf);
}

static const struct iio_chan_spec_ext_info tdc_time_info[] = {
	{ .name = "zero_offset", .shared = IIO_SEPARATE, .read = zero_offset_show },
	{ .name = "wr_offset", .shared = IIO_SEPARATE, .read = wr_offset_show },
	{}
};

static int tdc_read_raw(struct iio_dev *iio, const struct iio_chan_spec *spec, int *val, int *val2,
			long mask)
{
	struct tdc_channel *channel = to_channel(iio);

	switch (mask) {
	case IIO_CHAN_INFO_SCALE:
		*val = 0;
		*val2 = PART_PICO_NS;
		return IIO_VAL_INT_PLUS_NANO;
	case IIO_CHAN_INFO_CALIBBIAS: {
		guard(mutex)(&channel->tdc->lock);
		*val = channel->offset_ps;
		return IIO_VAL_INT;
	}
	default:
		return -EINVAL;
	}
}

static int tdc_write_raw(struct iio_dev *iio, const struct iio_chan_spec *spec, int val, int val2,
			 long mask)
{
	struct tdc_channel *channel = to_channel(iio);

	if (mask != IIO_CHAN_INFO_CALIBBIAS)
		return -EINVAL;
	if (val < -TDC_USER_OFFSET_MAX_PS || val > TDC_USER_OFFSET_MAX_PS)
		return -EINVAL;
	guard(mutex)(&channel->tdc->lock);
	channel->offset_ps = val;
	if (!tdc_asleep(channel->tdc))
		tdc_write_offset(channel);
	return 0;
}

static int tdc_write_raw_get_fmt(struct iio_dev *iio, const struct iio_chan_spec *spec, long mask)
{
	return IIO_VAL_INT;
}

static int tdc_read_avail(struct iio_dev *iio, const struct iio_chan_spec *spec, const int **vals,
			  int *type, int *length, long mask)
{
	static const int range[] = { -TDC_USER_OFFSET_MAX_PS, 1, TDC_USER_OFFSET_MAX_PS };

	*vals = range;
	*type = IIO_VAL_INT;
	return IIO_AVAIL_RANGE;
}

static int tdc_read_label(struct iio_dev *iio, const struct iio_chan_spec *spec, char *label)
{
	static const char *const labels[] = {
		[SCAN_SEQUENCE] = "sequence",
		[SCAN_SUBNS] = "subns",
		[SCAN_FLAGS] = "flags",
		[SCAN_TIME] = "tai",
	};

	return sysfs_emit(label, "%s\n", labels[spec->scan_index]);
}

static const struct iio_info tdc_iio_info = {
	.attrs = &tdc_iio_group,
	.read_raw = tdc_read_raw,
	.write_raw = tdc_write_raw,
	.write_raw_get_fmt = tdc_write_raw_get_fmt,
	.read_avail = tdc_read_avail,
	.read_label = tdc_read_label,
};

#define TDC_SCAN_TYPE(_sign, _realbits, _storagebits) {			\
	.sign = (_sign),						\
	.realbits = (_realbits),					\
	.storagebits = (_storagebits),					\
	.endianness = IIO_CPU,						\
}

static const struct iio_chan_spec tdc_iio_channels[] = {
	{
		.type = IIO_COUNT,
		.indexed = 1,
		.channel = SCAN_SEQUENCE,
		.scan_index = SCAN_SEQUENCE,
		.scan_type = TDC_SCAN_TYPE('u', 32, 32),
	},
	{
		.type = IIO_COUNT,
		.indexed = 1,
		.channel = SCAN_SUBNS,
		.info_mask_separate = BIT(IIO_CHAN_INFO_SCALE),
		.scan_index = SCAN_SUBNS,
		.scan_type = TDC_SCAN_TYPE('u', 9, 16),
	},
	{
		.type = IIO_COUNT,
		.indexed = 1,
		.channel = SCAN_FLAGS,
		.scan_index = SCAN_FLAGS,
		.scan_type = TDC_SCAN_TYPE('u', 16, 16),
	},
	{
		.type = IIO_TIMESTAMP,
		.info_mask_separate = BIT(IIO_CHAN_INFO_CALIBBIAS),
		.info_mask_separate_available = BIT(IIO_CHAN_INFO_CALIBBIAS),
		.ext_info = tdc_time_info,
		.scan_index = SCAN_TIME,
		.scan_type = TDC_SCAN_TYPE('s', 64, 64),
	},
};

/* The sample is pushed whole; who enabled less of it gets less */
static const unsigned long tdc_scan_masks[] = {
	BIT(SCAN_SEQUENCE) | BIT(SCAN_SUBNS) | BIT(SCAN_FLAGS),
	0
};

static int iio_init_channel(struct tdc_channel *channel)
{
	struct tdc *tdc = channel->tdc;
	struct iio_dev *iio;
	int ret;

	BUILD_BUG_ON(sizeof(struct tdc_sample) != 16);
	iio = devm_iio_device_alloc(tdc->dev, sizeof(channel));
	if (!iio)
		return -ENOMEM;
	*(struct tdc_channel **)iio_priv(iio) = channel;
	channel->iio = iio;
	iio->name = devm_kasprintf(tdc->dev, GFP_KERNEL, "fmc-tdc-ch%u", channel->index + 1);
	iio->label = devm_kasprintf(tdc->dev, GFP_KERNEL, "%s-ch%u", dev_name(tdc->dev->parent),
				    channel->index + 1);
	if (!iio->name || !iio->label)
		return -ENOMEM;
	iio->info = &tdc_iio_info;
	iio->channels = tdc_iio_channels;
	iio->num_channels = ARRAY_SIZE(tdc_iio_channels);
	iio->available_scan_masks = tdc_scan_masks;
	ret = devm_iio_kfifo_buffer_setup_ext(tdc->dev, iio, &tdc_buffer_ops, tdc_buffer_attrs);
	if (ret)
		return ret;
	tdc_init_reader(channel);
	ret = iio_device_set_clock(iio, CLOCK_TAI);
	if (ret)
		return ret;
	return devm_iio_device_register(tdc->dev, iio);
}

/**
 * tdc_iio_init() - show the inputs to users
 * @tdc: brought up
 */
int tdc_iio_init(struct tdc *tdc)
{
	unsigned int i;
	int ret;

	for (i = 0; i < TDC_CHANNELS; i++) {
		ret = iio_init_channel(&tdc->channel[i]);
		if (ret)
			return ret;
	}
	return 0;
}
