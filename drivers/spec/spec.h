/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the SPEC carrier gives to the driver of its mezzanine: an auxiliary device named after the
 * application in the FPGA ("spec.fmc-tdc"; "spec.application-53414d50" for one whose metadata says
 * so), and these services.
 */
#ifndef SPEC_H
#define SPEC_H

#include <linux/auxiliary_bus.h>
#include <linux/types.h>

struct spec;

/**
 * struct spec_fmc - a mezzanine with its application
 * @adev: on the auxiliary bus; its parent is the PCI device, through which DMA memory is allocated
 * @spec: the carrier
 * @wishbone: BAR 0
 * @version: the application's, SPEC_META_VERSION_*
 * @irq: of the application, a level; it stays masked while a threaded IRQF_ONESHOT handler runs
 * @lost: its driver called spec_fmc_lost()
 * @name: of the device, where the carrier's driver knows none
 */
struct spec_fmc {
	struct auxiliary_device adev;
	struct spec *spec;
	void __iomem *wishbone;
	u32 version;
	int irq;
	bool lost;
	char name[24];
};

#define to_spec_fmc(auxdev)	container_of(auxdev, struct spec_fmc, adev)

/**
 * struct spec_dma_segment - a piece of a transfer
 * @card: byte address in the card's DDR, multiple of 4
 * @host: bus address in the host
 * @size: bytes, multiple of 4
 */
struct spec_dma_segment {
	u32 card;
	dma_addr_t host;
	u32 size;
};

#define SPEC_DMA_SEGMENTS	64	/* in a transfer, at most */

int spec_fmc_check(struct spec_fmc *fmc);
void spec_fmc_lost(struct spec_fmc *fmc);
int spec_fmc_reset(struct spec_fmc *fmc);
int spec_fmc_eeprom_read(struct spec_fmc *fmc, unsigned int offset, void *to, size_t size);
int spec_fmc_dma_read(struct spec_fmc *fmc, const struct spec_dma_segment *segments,
		      unsigned int count);

#endif
