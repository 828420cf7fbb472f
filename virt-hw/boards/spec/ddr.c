// SPDX-License-Identifier: GPL-2.0
/*
 * The 256 MiB of DDR on a virtual SPEC. Only pages that were written exist; what was never written
 * reads as zeros.
 *
 * A write may happen in any context: it must neither sleep nor print. When the machine has no page
 * left, the data are lost, which is counted, and said in the log when the power goes off.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "spec.h"

#define DDR_PAGES	(SPEC_DDR_SIZE / PAGE_SIZE)

int ddr_power_on(struct ddr *ddr)
{
	ddr->pages = kvcalloc(DDR_PAGES, sizeof(*ddr->pages), GFP_KERNEL);
	ddr->refused = 0;
	return ddr->pages ? 0 : -ENOMEM;
}

void ddr_power_off(struct ddr *ddr)
{
	size_t i;

	if (!ddr->pages)
		return;
	if (ddr->refused)
		pr_err("%llu writes to a DDR were lost for want of memory\n", ddr->refused);
	for (i = 0; i < DDR_PAGES; i++)
		free_page((unsigned long)ddr->pages[i]);
	kvfree(ddr->pages);
	ddr->pages = NULL;
}

static u8 *writable_page(struct ddr *ddr, u32 address)
{
	u8 **page = &ddr->pages[address / PAGE_SIZE];

	if (!*page)
		*page = (u8 *)get_zeroed_page(GFP_ATOMIC | __GFP_NOWARN);
	if (!*page)
		ddr->refused++;
	return *page;
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
