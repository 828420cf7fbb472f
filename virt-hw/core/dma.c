// SPDX-License-Identifier: GPL-2.0
/*
 * Bus mastering: what a board reads and writes in the machine's memory, through the IOMMU if it
 * sits behind one.
 */
#include <linux/dma-direct.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/mm.h>

#include "core.h"
#include "trace.h"

static phys_addr_t translate(struct pci_dev *pdev, dma_addr_t address)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(&pdev->dev);

	if (domain && domain->type != IOMMU_DOMAIN_IDENTITY)
		return iommu_iova_to_phys(domain, address);
	return dma_to_phys(&pdev->dev, address);
}

/* At most to the end of a page: the next one may be elsewhere */
static void *page_at(struct vhw_board *board, u64 address)
{
	phys_addr_t phys = translate(board->pdev, address);

	return phys && pfn_valid(PHYS_PFN(phys)) ? phys_to_virt(phys) : NULL;
}

static int transfer(struct vhw_board *board, u64 address, void *to, const void *from, size_t length)
{
	size_t done, part;
	void *memory;

	vhw_assert_world();
	if (board->state != VHW_LIVE || !board->pdev ||
	    !(vhw_config_read(&board->config, PCI_COMMAND, 2) & PCI_COMMAND_MASTER))
		return -EIO;
	for (done = 0; done < length; done += part) {
		part = min_t(size_t, length - done, PAGE_SIZE - offset_in_page(address + done));
		memory = page_at(board, address + done);
		if (!memory)
			return -EIO;
		if (to)
			memcpy(to + done, memory, part);
		else
			memcpy(memory, from + done, part);
	}
	return 0;
}

/**
 * vhw_dma_read() - a board reads memory
 * @board: the board
 * @address: as the driver gave it to the board
 * @to: where the model wants it
 * @length: bytes
 *
 * Context: world.
 * Return: 0, or -EIO when bus mastering is off or a page is not memory; pages before it were read.
 */
int vhw_dma_read(struct vhw_board *board, u64 address, void *to, size_t length)
{
	int err = transfer(board, address, to, NULL, length);

	trace_vhw_dma(board, false, address, length, err);
	return err;
}
EXPORT_SYMBOL_GPL(vhw_dma_read);

/**
 * vhw_dma_write() - a board writes memory
 * @board: the board
 * @address: as the driver gave it to the board
 * @from: where the model has it
 * @length: bytes
 *
 * Context: world.
 * Return: 0, or -EIO when bus mastering is off or a page is not memory; pages before it were
 * written.
 */
int vhw_dma_write(struct vhw_board *board, u64 address, const void *from, size_t length)
{
	int err = transfer(board, address, NULL, from, length);

	trace_vhw_dma(board, true, address, length, err);
	return err;
}
EXPORT_SYMBOL_GPL(vhw_dma_write);
