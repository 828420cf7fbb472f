// SPDX-License-Identifier: GPL-2.0
/*
 * The 256 MiB of DDR on a virtual SPEC. Only pages that were written exist; what was never written
 * reads as zeros.
 *
 * A write happens in the world, where a real-time kernel gives no page: its allocator takes locks
 * that sleep. So pages are kept ready, and a worker brings more when they get few. When there is
 * none all the same, the DMA engine waits for the worker there, and other data are lost, which is
 * counted, and said in the log when the power goes off. Other kernels give a page then.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "spec.h"

#define DDR_PAGES	(SPEC_DDR_SIZE / PAGE_SIZE)

static bool is_full(struct ddr *ddr)
{
	guard(vhw_world)();
	if (ddr->nr_spare < DDR_SPARE)
		return false;
	ddr->refilling = false;
	return true;
}

static void give_up(struct ddr *ddr)
{
	guard(vhw_world)();
	ddr->refilling = false;
}

static void refill(struct work_struct *work)
{
	struct ddr *ddr = container_of(work, struct ddr, refill);

	while (!is_full(ddr)) {
		u8 *page = (u8 *)get_zeroed_page(GFP_KERNEL | __GFP_NOWARN);

		if (!page) {
			give_up(ddr);
			return;
		}
		guard(vhw_world)();
		ddr->spare[ddr->nr_spare++] = page;
	}
}

static void start_refill(struct ddr *ddr)
{
	ddr->refilling = true;
	schedule_work(&ddr->refill);
}

int ddr_power_on(struct ddr *ddr)
{
	ddr->pages = kvcalloc(DDR_PAGES, sizeof(*ddr->pages), GFP_KERNEL);
	ddr->refused = 0;
	if (!ddr->pages)
		return -ENOMEM;
	INIT_WORK(&ddr->refill, refill);
	scoped_guard(vhw_world)
		start_refill(ddr);
	flush_work(&ddr->refill);
	return 0;
}

void ddr_power_off(struct ddr *ddr)
{
	size_t i;

	if (!ddr->pages)
		return;
	cancel_work_sync(&ddr->refill);
	if (ddr->refused)
		pr_err("%llu writes to a DDR were lost for want of memory\n", ddr->refused);
	for (i = 0; i < DDR_PAGES; i++)
		free_page((unsigned long)ddr->pages[i]);
	while (ddr->nr_spare)
		free_page((unsigned long)ddr->spare[--ddr->nr_spare]);
	kvfree(ddr->pages);
	ddr->pages = NULL;
}

static u8 *take_spare(struct ddr *ddr)
{
	vhw_assert_world();
	if (ddr->nr_spare <= DDR_SPARE / 2 && !ddr->refilling)
		start_refill(ddr);
	if (ddr->nr_spare)
		return ddr->spare[--ddr->nr_spare];
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return NULL;
	return (u8 *)get_zeroed_page(GFP_ATOMIC | __GFP_NOWARN);
}

static u8 *writable_page(struct ddr *ddr, u32 address)
{
	u8 **page = &ddr->pages[address / PAGE_SIZE];

	if (!*page)
		*page = take_spare(ddr);
	if (!*page)
		ddr->refused++;
	return *page;
}

/**
 * ddr_must_wait() - would a write have to fail for want of pages that are on their way?
 * @ddr: of the board
 * @length: bytes
 */
bool ddr_must_wait(const struct ddr *ddr, u32 length)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) && ddr->refilling &&
	       ddr->nr_spare < length / PAGE_SIZE + 1;
}

/**
 * ddr_write() - store into the DDR
 * @ddr: of the board
 * @address: byte address
 * @from: data
 * @length: bytes
 *
 * Return: 0, -EFAULT beyond the end, -ENOMEM when a page could not be had.
 */
int ddr_write(struct ddr *ddr, u32 address, const void *from, size_t length)
{
	if (address >= SPEC_DDR_SIZE || length > SPEC_DDR_SIZE - address)
		return -EFAULT;
	while (length) {
		size_t chunk = min_t(size_t, length, PAGE_SIZE - offset_in_page(address));
		u8 *page = writable_page(ddr, address);

		if (!page)
			return -ENOMEM;
		memcpy(page + offset_in_page(address), from, chunk);
		address += chunk;
		from += chunk;
		length -= chunk;
	}
	return 0;
}

/**
 * ddr_page() - the page of the DDR that holds an address
 * @ddr: of the board
 * @address: byte address below SPEC_DDR_SIZE
 *
 * Return: the page's first byte, to be read only.
 */
const void *ddr_page(const struct ddr *ddr, u32 address)
{
	return ddr->pages[address / PAGE_SIZE] ?: page_address(ZERO_PAGE(0));
}
