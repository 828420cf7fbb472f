// SPDX-License-Identifier: GPL-2.0
/*
 * The way of samples into the buffers of IIO, and what their readers are told.
 */
#include <linux/iio/buffer.h>
#include <linux/iio/buffer_impl.h>
#include <linux/iio/iio.h>
#include <linux/once.h>
#include <linux/poll.h>

#include "tdc.h"

/**
 * tdc_push_directly() - is there one buffer that takes whole scans?
 * @channel: running, or being stopped
 *
 * As nearly always. Then samples can be stored without IIO's part of the way, which wakes the
 * reader for each: that is half of what a sample costs, 533 instructions instead of 265 (see
 * Documentation/measurements.md). IIO has no call that takes several samples. Another buffer would
 * be a consumer in the kernel.
 * The answer is good under tdc->capture: IIO changes buffers only while the channel is stopped.
 */
bool tdc_push_directly(const struct tdc_channel *channel)
{
	const struct iio_buffer *buffer = channel->iio->buffer;

	lockdep_assert_held(&channel->tdc->capture);
	return list_is_singular(&buffer->buffer_list) && list_empty(&buffer->demux_list);
}

/**
 * tdc_push() - give a sample to the readers
 * @channel: running, or being stopped
 * @sample: the scan
 * @directly: tdc_push_directly() said so; call tdc_wake_reader() afterwards
 *
 * Return: 0, or an error if a buffer is full
 */
int tdc_push(struct tdc_channel *channel, const struct tdc_sample *sample, bool directly)
{
	struct iio_buffer *buffer = channel->iio->buffer;

	if (likely(directly))
		return buffer->access->store_to(buffer, sample);
	return iio_push_to_buffers(channel->iio, sample);
}

/**
 * tdc_wake_reader() - there are new samples
 * @channel: running, or being stopped
 */
void tdc_wake_reader(struct tdc_channel *channel)
{
	wake_up_interruptible_poll(&channel->iio->buffer->pollq, EPOLLIN | EPOLLRDNORM);
}

/**
 * tdc_notify_lost() - wake who polls the counter of losses
 * @channel: any
 */
void tdc_notify_lost(struct tdc_channel *channel)
{
	sysfs_notify(&channel->iio->dev.kobj, NULL, "lost");
}

/*
 * A reader of a buffer to which nothing will come any more. IIO knows of no such thing but a device
 * that is gone, so a buffer's own functions are exchanged for these, which report EIO once it is
 * empty.
 */
static const struct iio_buffer_access_funcs *usual_access;
static struct iio_buffer_access_funcs failed_access;

static int failed_read(struct iio_buffer *buffer, size_t n, char __user *to)
{
	int ret = usual_access->read(buffer, n, to);

	return ret ?: -EIO;
}

/* As many as a reader may wait for */
static size_t failed_available(struct iio_buffer *buffer)
{
	return max_t(size_t, usual_access->data_available(buffer), buffer->watermark);
}

static void init_failed_access(const struct iio_buffer_access_funcs *access)
{
	usual_access = access;
	failed_access = *access;
	failed_access.read = failed_read;
	failed_access.data_available = failed_available;
}

/**
 * tdc_init_reader() - a channel has got its buffer
 * @channel: with an IIO device
 */
void tdc_init_reader(struct tdc_channel *channel)
{
	DO_ONCE(init_failed_access, channel->iio->buffer->access);
}

/**
 * tdc_fail_reader() - tell who reads that nothing will come any more
 * @channel: any
 * @failed: or else that it will
 */
void tdc_fail_reader(struct tdc_channel *channel, bool failed)
{
	WRITE_ONCE(channel->iio->buffer->access, failed ? &failed_access : usual_access);
	if (failed)
		tdc_wake_reader(channel);
}
